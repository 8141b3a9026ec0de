import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** `port_in_use` or `address_unusable`: the store cannot listen there. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  readonly code: "port_in_use" | "address_unusable";

  constructor(code: "port_in_use" | "address_unusable", message: string) {
    super(message);
    this.code = code;
  }
}

/** Resolves with the port. Rejects with a ListenError. */
export const listen = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const code = error.code === "EADDRINUSE" ? "port_in_use" : "address_unusable";
      reject(new ListenError(code, `cannot listen on ${host} port ${port}: ${error.code}`));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
