/** Single private files of the origin, written in place by an access handle: in a worker only. */
import { ifThere, rootDirectory, taken } from "./root.ts";

/** All bytes of a file; none where it is not there. */
export async function readOpfsFile(name: string): Promise<Uint8Array> {
  const root = await rootDirectory();
  const found = await ifThere(async () => (await root.getFileHandle(name)).getFile());
  return found === undefined ? new Uint8Array() : new Uint8Array(await found.arrayBuffer());
}

/** Replaces all bytes, or with `at` those there. Durable when it resolves. */
export async function writeOpfsFile(name: string, bytes: Uint8Array, at?: number): Promise<void> {
  const root = await rootDirectory();
  const file = await root.getFileHandle(name, { create: true });
  await holding(file, (handle) => {
    handle.write(bytes, { at: at ?? 0 });
    if (at === undefined) handle.truncate(bytes.length);
  });
}

/** Puts random bytes in the place of all that a file has. */
export async function overwriteOpfsFile(name: string): Promise<void> {
  const root = await rootDirectory();
  const file = await ifThere(() => root.getFileHandle(name));
  if (file === undefined) return;
  await holding(file, (handle) => {
    handle.write(crypto.getRandomValues(new Uint8Array(handle.getSize())), { at: 0 });
  });
}

export async function removeOpfsFile(name: string): Promise<void> {
  const root = await rootDirectory();
  await ifThere(() => root.removeEntry(name));
}

async function holding(file: FileSystemFileHandle, work: (handle: FileSystemSyncAccessHandle) => void): Promise<void> {
  const handle = await taken(() => file.createSyncAccessHandle());
  try {
    work(handle);
    handle.flush();
  } finally {
    handle.close();
  }
}
