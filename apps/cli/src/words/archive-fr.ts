import type { archiveEn } from "./archive-en.ts";
import { some } from "./counting-fr.ts";

export const archiveFr: typeof archiveEn = {
  steps: {
    write: (percent) => `Écriture… ${percent}\u202f%`,
    check: (percent) => `Relecture… ${percent}\u202f%`,
    read: (percent) => `Lecture du fichier… ${percent}\u202f%`,
    add: (percent) => `Ajout… ${percent}\u202f%`,
  },
  exported: (messages, conversations) =>
    `Export fait\u202f: ${some(messages, "message", "messages")} de ${some(conversations, "conversation", "conversations")}.`,
  where: (file, size) => `Tout est dans ${file} (${size}), écrit, relu et compté.`,
  leftOut: (messages) => `${some(messages, "message éphémère n’y est pas", "messages éphémères n’y sont pas")}.`,
  passphrase:
    "Ces mots l’ouvrent. Ils ne s’affichent que maintenant, et personne ne pourra les retrouver. Notez-les\u202f:",
  withAge: (file) => `N’importe quel ordinateur l’ouvre, sans Pli\u202f: age -d -o export.tar ${file}`,
  discarded: "Aucun fichier n’est resté.",
  ask: "Les douze mots de ce fichier\u202f: ",
  askAdvice: "Les mots se lisent sur l’entrée, en une ligne.",
  wrong: "Ces mots ne l’ouvrent pas. Encore une fois.",
  from: (name, date) => `Un export de ${name}, fait le ${date}.`,
  would: (messages, conversations) =>
    `Il ajouterait ${some(messages, "message", "messages")}, dans ${some(conversations, "nouvelle archive", "nouvelles archives")}\u202f: à lire et à fouiller, sans pouvoir y répondre.`,
  here: (messages) => `${some(messages, "message est déjà ici", "messages sont déjà ici")}.`,
  passed: (messages) =>
    `${some(messages, "ligne laissée de côté", "lignes laissées de côté")}\u202f: effacées d’ici depuis, ou notes de Pli sur son propre travail.`,
  nothing: "Il n’y a dedans aucun message qui ne soit pas déjà ici.",
  names: (contacts) => `Il donne un nom à ${some(contacts, "contact", "contacts")}\u202f:`,
  otherNames: (contacts) =>
    `Il a aussi le nom que vous donniez à ${some(contacts, "contact", "contacts")}\u202f; avec --names, ce serait\u202f:`,
  name: (from, to) => `${from} → ${to}`,
  agree: "L’ajouter\u202f? [o/N] ",
  yes: /^(o(ui)?|y(es)?)$/iu,
  refused: "Rien n’a été ajouté.",
  isAdded: (messages, conversations) =>
    `Ajouté\u202f: ${some(messages, "message", "messages")}, ${some(conversations, "nouvelle archive", "nouvelles archives")}.`,
  read: "pli group en donne la liste, pli messages les montre.",
  mark: "importé",
  state: "importé d’un fichier, à lire seulement",
};
