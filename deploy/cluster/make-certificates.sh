#!/bin/sh
# make-certificates.sh FOLDER NODE...: an authority, a certificate for each node by its name, and one for the store nodes. Keep ca.key
# off every machine of the cluster.
set -eu
folder=$1
shift
umask 077
mkdir -p "$folder"
cd "$folder"
new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
openssl req -x509 $new -keyout ca.key -out ca.pem -days 3650 -subj "/CN=Pli cluster"
issue() {
  printf '%s\n' "$2" >"$1.ext"
  openssl req $new -keyout "$1.key" -out "$1.csr" -subj "/CN=$1"
  openssl x509 -req -in "$1.csr" -out "$1.pem" -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -extfile "$1.ext"
  rm "$1.ext" "$1.csr"
}
for node in "$@"; do
  issue "$node" "subjectAltName=DNS:$node
extendedKeyUsage=serverAuth,clientAuth"
done
issue store "extendedKeyUsage=clientAuth"
