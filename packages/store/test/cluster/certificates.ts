import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** PEM files of a small authority that openssl makes for one test. */
export interface Certificates {
  readonly ca: string;
  readonly nodeCert: string;
  readonly nodeKey: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

/** Makes an authority, and certificates for nodes at `addresses` and for a store node. */
export const makeCertificates = (folder: string, addresses: readonly string[]): Certificates => {
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Pli test");
  const issue = (name: string, extensions: string): void => {
    writeFileSync(at(`${name}.ext`), extensions);
    openssl("req", ...newKey, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", `${name}.ext`];
    openssl("x509", "-req", "-in", `${name}.csr`, "-out", `${name}.pem`, ...signing);
  };
  const names = addresses.map((address) => `IP:${address}`).join(",");
  issue("node", `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`);
  issue("store", "extendedKeyUsage=clientAuth\n");
  return {
    ca: at("ca.pem"),
    nodeCert: at("node.pem"),
    nodeKey: at("node.key"),
    clientCert: at("store.pem"),
    clientKey: at("store.key"),
  };
};
