/** Opens a home and prints its role until it is ended: `node holder.ts HOME`. */
import { openHome } from "@pli/engine-node";

const home = await openHome({ home: process.argv[2] ?? "", store: "http://127.0.0.1:9", unlock: { keyFile: true } });
console.log(home.role);
home.api.watch("status", {}, ({ profile }) => console.log(`name ${profile?.name ?? ""}`));
process.on("SIGTERM", () => void home.close().then(() => process.exit(0)));
