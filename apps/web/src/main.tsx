import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { connectPli, onOpening } from "@pli/engine-web";
import "./styles/tokens.css";
import "./styles/base.css";
import { App } from "./ui/app.tsx";
import { refuseDeviceLink } from "./ui/devices/sent.ts";
import { beginProfile, FIRST, localProfiles, openProfile } from "./ui/profiles.ts";
import { createLive } from "./ui/live.ts";
import { takeInvitation } from "./ui/pairing/invitation.ts";
import { navigate } from "./ui/router.tsx";
import { followTheme } from "./ui/theme.ts";
import { applyUpdate, SERVICE_WORKER, watchUpdate } from "./update.ts";

const profile = beginProfile();
takeInvitation();
refuseDeviceLink();
followTheme();
const store = location.origin;
const { api, host } = connectPli({
  store,
  serviceWorker: SERVICE_WORKER,
  ...(profile !== FIRST && { profile }),
  profiles: localProfiles().map(({ id }) => id),
});
onOpening(SERVICE_WORKER, (place, of = profile) => (of === profile ? navigate(place) : openProfile(of, place)));
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no root");
createRoot(root).render(
  <StrictMode>
    <App client={{ api, host, live: createLive(api), store }} updates={{ applyUpdate, watchUpdate }} />
  </StrictMode>,
);
