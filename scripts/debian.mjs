/**
 * Debian packages that tests and benches need, brought by apt: plain JavaScript, for a Node that
 * has nothing installed.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";

const APT_GET = "/usr/bin/apt-get";
const DPKG_QUERY = "/usr/bin/dpkg-query";
const POLICY = "/usr/sbin/policy-rc.d";

/**
 * Installs those of the packages that are missing; does nothing when none is. No service of theirs
 * is started. Throws an Error whose message is one sentence for a person: who must install what, or
 * what apt said.
 */
export const ensurePackages = (packages) => {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const wanted = `Missing Debian packages: ${missing.join(" ")}.`;
  if (!existsSync(APT_GET)) throw new Error(`${wanted} This system has no apt-get: install them another way.`);
  if (process.getuid?.() !== 0) throw new Error(`${wanted} Install them as root: apt-get install ${missing.join(" ")}`);
  console.error(`Installing ${missing.join(" ")} by apt…`);
  withoutServices(() => install(missing, wanted));
};

const isInstalled = (name) =>
  spawnSync(DPKG_QUERY, ["-W", "-f", "${db:Status-Status}", name], { encoding: "utf8" }).stdout === "installed";

const install = (missing, wanted) => {
  const arrive = ["install", "-y", "--no-install-recommends", ...missing];
  // The lists of the last update usually do, and the update is the slow part.
  if (apt(arrive).status === 0) return;
  apt(["update"]);
  const last = apt(arrive);
  if (last.status === 0) return;
  const why = last.stderr.trim().split("\n").slice(-3).join(" ");
  throw new Error(`${wanted} apt-get did not bring them: ${why}`);
};

const apt = (args) =>
  spawnSync(APT_GET, ["-o", "DPkg::Lock::Timeout=300", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });

/**
 * Runs `work` under a policy by which no package starts its service, and puts the machine's own
 * policy back.
 */
const withoutServices = (work) => {
  const before = existsSync(POLICY) ? { text: readFileSync(POLICY), mode: statSync(POLICY).mode } : undefined;
  writePolicy("#!/bin/sh\nexit 101\n", 0o755);
  try {
    work();
  } finally {
    if (before === undefined) rmSync(POLICY);
    else writePolicy(before.text, before.mode);
  }
};

const writePolicy = (text, mode) => {
  writeFileSync(POLICY, text);
  chmodSync(POLICY, mode);
};

const MIRROR = "http://deb.debian.org/debian";
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

const UNPACKED = join(import.meta.dirname, "../node_modules/.pli-debian");

/**
 * Unpacks a package of another Debian release (`forky`) beside the system, once, its signature
 * checked by apt; nothing is installed, so it must be a program that needs no other package.
 * Returns the folder that holds its usr/. Throws like ensurePackages.
 */
const unpackPackage = (name, release) => {
  const root = join(UNPACKED, `${name}-${release}`);
  if (existsSync(root)) return root;
  if (!existsSync(APT_GET)) throw new Error(`${name} of Debian ${release} is wanted, and this system has no apt-get.`);
  console.error(`Unpacking ${name} of Debian ${release}…`);
  mkdirSync(UNPACKED, { recursive: true });
  const work = mkdtempSync(join(UNPACKED, "unpacking-"));
  try {
    download(name, release, work);
    const archive = readdirSync(work).find((file) => file.startsWith(`${name}_`) && file.endsWith(".deb"));
    step("dpkg-deb", ["-x", archive ?? "", "root"], work, name);
    // Of several that unpack at once the first is kept.
    if (!existsSync(root)) renameSync(join(work, "root"), root);
  } finally {
    rmSync(work, { recursive: true });
  }
  return root;
};

const download = (name, release, work) => {
  for (const path of ["lists/partial", "cache/archives/partial"]) mkdirSync(join(work, path), { recursive: true });
  writeFileSync(join(work, "sources.list"), `deb [signed-by=${KEYRING}] ${MIRROR} ${release} main\n`);
  const options = [`Dir::Etc::SourceList=${work}/sources.list`, "Dir::Etc::SourceParts=-", "APT::Sandbox::User=root"];
  const places = [`Dir::State::Lists=${work}/lists`, `Dir::Cache=${work}/cache`];
  const apart = [...options, ...places].flatMap((option) => ["-o", option]);
  step(APT_GET, [...apart, "update"], work, name);
  step(APT_GET, [...apart, "download", name], work, name);
};

const step = (program, args, cwd, name) => {
  const { status, stderr } = spawnSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
  if (status === 0) return;
  throw new Error(`${name} could not be unpacked: ${program} said: ${stderr.trim().split("\n").slice(-3).join(" ")}`);
};

/**
 * The nats-server that tests and benches run: the one PLI_NATS_SERVER names or, of Debian's next
 * release, one unpacked beside the system.
 */
export const natsServer = () =>
  process.env.PLI_NATS_SERVER ?? join(unpackPackage("nats-server", "forky"), "usr/sbin/nats-server");

const TEST_PROGRAMS = {
  age: "age",
  ip: "iproute2",
  mount: "mount",
  nsenter: "util-linux",
  openssl: "openssl",
  script: "bsdutils",
  spin: "spin",
  tcc: "tcc",
  unshare: "util-linux",
};
/** What tcc compiles against. */
const C_HEADERS = { file: "/usr/include/stdio.h", name: "libc6-dev" };

/** Brings what the tests run, beside Node and a browser. Throws like ensurePackages. */
export const ensureTestPrograms = () => {
  const missing = Object.entries(TEST_PROGRAMS).filter(([program]) => !isProgram(program));
  const headers = existsSync(C_HEADERS.file) ? [] : [C_HEADERS.name];
  ensurePackages([...new Set([...missing.map(([, name]) => name), ...headers])]);
  natsServer();
};

const isProgram = (name) =>
  (process.env.PATH ?? "").split(delimiter).some((folder) => folder !== "" && existsSync(join(folder, name)));
