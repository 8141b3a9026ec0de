import type { profileEn } from "./profile-en.ts";

export const profileFr: typeof profileEn = {
  unnamed: (id) => `(sans étiquette, ${id})`,
  keyed: { keyfile: "ouvert par un fichier de clé", passphrase: "ouvert par une phrase secrète" },
  added: (label) => `Le profil ${label} est prêt.`,
  how: (label) =>
    `Pour l’utiliser\u202f: pli --profile "${label}" …, ou pour toutes les commandes\u202f: pli profile switch "${label}"`,
  switched: (label) => `Les commandes utilisent désormais le profil ${label}.`,
  renamed: (label) => `Il s’appelle désormais ${label} sur cette machine.`,
  removes: (label) =>
    `Le profil ${label} va être effacé de cette machine\u202f: son identité, ses contacts, ses messages. Personne ne pourra le rétablir.`,
  typeToRemove: (label) => `Pour continuer, tapez ${label}\u202f: `,
  notRemoved: "Rien n’a été effacé. Dans un script\u202f: pli profile remove PROFIL --yes",
  removed: (label) => `Le profil ${label} est effacé.`,
  traces:
    "Ses clés ont d’abord été écrasées. Un SSD, ou un disque qui garde des instantanés, peut encore détenir d’anciennes copies de ces octets.",
  listening: (label) => `Profil\u202f: ${label}`,
};
