import { NoSpace } from "@pli/database";
import type { SyncFile, SyncFolder } from "@pli/database";

export interface OpfsFolder extends SyncFolder {
  /** Gives the files free for another tab. */
  release(): void;
}

/**
 * Plain files of the origin private file system, all held open by exclusive access handles, so that
 * no other tab can touch them. A file of no bytes counts as absent: removing is truncating. Rejects
 * with a `NoModificationAllowedError` while another worker holds one of them.
 */
export async function takeOpfsFolder(directory: FileSystemDirectoryHandle, names: string[]): Promise<OpfsFolder> {
  const handles = new Map<string, FileSystemSyncAccessHandle>();
  const release = (): void => {
    for (const handle of handles.values()) handle.close();
    handles.clear();
  };
  try {
    for (const name of names) {
      const file = await directory.getFileHandle(name, { create: true });
      handles.set(name, await file.createSyncAccessHandle());
    }
  } catch (error) {
    release();
    throw error;
  }
  const size = (name: string): number => handles.get(name)?.getSize() ?? 0;
  return {
    release,
    exists: (name) => size(name) > 0,
    open(name, create) {
      const handle = handles.get(name);
      return handle === undefined || (!create && size(name) === 0) ? undefined : fileOn(handle);
    },
    remove(name) {
      const handle = handles.get(name);
      handle?.truncate(0);
      handle?.flush();
    },
  };
}

function fileOn(handle: FileSystemSyncAccessHandle): SyncFile {
  return {
    read: (into, position) => handle.read(into, { at: position }),
    write(bytes, position) {
      const written = withinQuota(() => handle.write(bytes, { at: position }));
      if (written !== bytes.length) throw new NoSpace();
    },
    truncate: (size) => withinQuota(() => handle.truncate(size)),
    sync: () => handle.flush(),
    size: () => handle.getSize(),
    close: () => undefined,
  };
}

function withinQuota<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof DOMException && error.name === "QuotaExceededError" ? new NoSpace() : error;
  }
}
