-- Offline messages in its internal storage, the default: appended to a file per user before the next stanza is worked on, not synced.
run_as_root = true
data_path = "@FOLDER@/data"
pidfile = "@FOLDER@/prosody.pid"
log = { error = "@FOLDER@/prosody.log" }
interfaces = { "127.0.0.1" }
c2s_ports = { @PORT@ }
s2s_ports = { }
modules_enabled = { "saslauth", "ping", "register_ibr", "offline", "disco" }
modules_disabled = { "s2s", "tls", "http" }
authentication = "internal_plain"
storage = "internal"
allow_registration = true
registration_throttle_max = false
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
VirtualHost "localhost"
