/**
 * A process that opens a home and says what it is: `node holder.ts HOME`. It goes on until it is
 * ended.
 */
import { openHome } from "@pli/engine-node";

const home = await openHome({ home: process.argv[2] ?? "", store: "http://127.0.0.1:9", unlock: { keyFile: true } });
console.log(home.role);
home.api.watch("status", {}, ({ profile }) => console.log(`name ${profile?.name ?? ""}`));
process.on("SIGTERM", () => void home.close().then(() => process.exit(0)));
