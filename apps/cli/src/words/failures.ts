import type { ErrorCode } from "@pli/engine/errors";
import { errorSentence, type Language } from "@pli/engine/words";

/**
 * The sentences that differ in a terminal. A terminal has no page to go to, and a command that has
 * ended does nothing more.
 */
const IN_A_TERMINAL: Partial<Record<ErrorCode, Record<Language, string>>> = {
  contact_unknown: {
    fr: "Aucun contact ni groupe de ce nom. Vérifiez l’orthographe, ou invitez cette personne.",
    en: "No contact and no group has this name. Check the spelling, or invite this person.",
  },
  conversation_unknown: {
    fr: "Il n’y a ici aucun groupe de ce nom.",
    en: "There is no group of this name here.",
  },
  group_jammed: {
    fr: "Quelqu’un bloque les changements de ce groupe. Pli n’a rien changé. Un propriétaire peut le refonder\u202f: pli group refound GROUPE",
    en: "Somebody blocks the changes of this group. Pli changed nothing. An owner can found it again: pli group refound GROUP",
  },
  store_unreachable: {
    fr: "Le serveur est injoignable. Ce que vous écrivez est gardé ici, et partira quand il répondra. Si cela dure, vérifiez la connexion.",
    en: "The server cannot be reached. What you write is kept here and leaves once it answers. If this lasts, check your connection.",
  },
  store_slow: {
    fr: "Le serveur tarde à répondre. Rien n’est perdu. Réessayez dans un moment.",
    en: "The server is slow to answer. Nothing is lost. Try again in a moment.",
  },
  store_full: {
    fr: "Le serveur n’a plus de place. Vos messages restent ici jusqu’à ce qu’il en ait. Prévenez qui s’en occupe.",
    en: "The server is out of space. Your messages stay here until it has some. Tell whoever runs it.",
  },
  store_busy: {
    fr: "Le serveur est surchargé. Rien n’est perdu. Réessayez dans un moment.",
    en: "The server is overloaded. Nothing is lost. Try again in a moment.",
  },
  too_many_requests: {
    fr: "Trop d’envois en peu de temps\u202f: le serveur demande une pause. Rien n’est perdu. Réessayez dans un moment.",
    en: "Too much was sent in a short time: the server asks for a pause. Nothing is lost. Try again in a moment.",
  },
  locked: {
    fr: "Ce profil est verrouillé. Rien n’en est lisible sans sa phrase secrète.",
    en: "This profile is locked. Nothing in it can be read without its passphrase.",
  },
  engine_gone: {
    fr: "La partie de Pli qui garde vos messages s’est arrêtée. Relancez la commande\u202f; ce qui était enregistré l’est toujours.",
    en: "The part of Pli that keeps your messages stopped. Run the command again; what was saved still is.",
  },
  request_malformed: {
    fr: "Pli n’a pas compris cette demande et n’a rien fait.",
    en: "Pli did not understand this request and did nothing.",
  },
};

/** The sentence of a failure, for a terminal. */
export function failureSentence(language: Language, code: string): string {
  return IN_A_TERMINAL[code as ErrorCode]?.[language] ?? errorSentence(language, code);
}
