import type { ErrorCode } from "../runtime/errors.ts";
import { isErrorCode } from "../runtime/errors.ts";

export { createPlural } from "./plural.ts";

export type Language = "fr" | "en";

/**
 * What a person reads when something fails: what happened, what Pli does about it, what they can
 * do. One entry for each code of `errors.ts`. French is written first, with its typography: narrow
 * no-break spaces, typographic apostrophes.
 */
const SENTENCES: Record<ErrorCode, Record<Language, string>> = {
  // profile and names
  profile_missing: {
    fr: "Il n’y a pas encore de profil sur cet appareil. Créez-en un\u202f: un nom suffit.",
    en: "There is no profile on this device yet. Make one: a name is all it takes.",
  },
  profile_exists: {
    fr: "Un profil existe déjà ici. Pli n’y a pas touché. Utilisez-le, ou créez l’autre à un autre endroit.",
    en: "A profile already exists here. Pli left it untouched. Use it, or make the other one in another place.",
  },
  profile_unknown: {
    fr: "Aucun profil de ce nom sur cet appareil, ou plusieurs. Pli n’a rien changé. Regardez la liste des profils.",
    en: "No profile on this device has this name, or several do. Pli changed nothing. Look at the list of profiles.",
  },
  name_empty: {
    fr: "Le nom est vide. Écrivez le nom que verront vos contacts.",
    en: "The name is empty. Write the name your contacts will see.",
  },
  name_too_long: {
    fr: "Ce nom dépasse 64 caractères. Choisissez-en un plus court.",
    en: "This name is longer than 64 characters. Choose a shorter one.",
  },
  name_not_allowed: {
    fr: "Ce nom contient des caractères invisibles ou de contrôle, que Pli refuse. Écrivez-le au clavier, sans le coller.",
    en: "This name holds invisible or control characters, which Pli refuses. Type it instead of pasting it.",
  },
  // pairing
  recovery_word_unknown: {
    fr: "Un de ces mots n’est pas dans la liste. Regardez son orthographe.",
    en: "One of these words is not in the list. Check how it is written.",
  },
  recovery_words_missing: {
    fr: "Il en manque\u202f: les mots de récupération sont dix-neuf.",
    en: "Some are missing: there are nineteen recovery words.",
  },
  recovery_words_too_many: {
    fr: "Il y en a trop\u202f: les mots de récupération sont dix-neuf.",
    en: "There are too many: there are nineteen recovery words.",
  },
  recovery_words_wrong: {
    fr: "Chaque mot existe, mais ils ne vont pas ensemble\u202f: l’un d’eux est un autre, ou n’est pas à sa place.",
    en: "Each word exists, but they do not go together: one of them is another word, or is out of place.",
  },
  recovery_words_of_another: {
    fr: "Ces mots sont justes, mais ce sont ceux d’un autre profil.",
    en: "These words are right, but they are those of another profile.",
  },
  recovery_words_gone: {
    fr: "Vous avez confirmé que vous avez les mots\u202f: plus aucun appareil ne les garde.",
    en: "You confirmed that you have the words: no device keeps them any more.",
  },
  recovery_not_found: {
    fr: "Vos mots, ou votre clé d’accès, sont justes, mais ce serveur n’a pas de sauvegarde de ce profil\u202f: donnez l’adresse du serveur où il était. S’il y a plus d’un mois que rien n’a été sauvegardé, elle n’existe plus.",
    en: "Your words, or your passkey, are right, but this server has no backup of this profile: give the address of the server where it was. If nothing was backed up for more than a month, it no longer exists.",
  },
  recovery_unreadable: {
    fr: "Il y a une sauvegarde de ce profil, mais aucune ne s’ouvre\u202f: le serveur a donné autre chose. Rien n’a été fait ici. Réessayez plus tard.",
    en: "There is a backup of this profile, but none opens: the server gave something else. Nothing was done here. Try again later.",
  },
  recovery_newer: {
    fr: "La sauvegarde a été faite par une version plus récente de Pli. Lancez la version la plus récente, puis recommencez.",
    en: "The backup was made by a newer version of Pli. Run the newest version, then try again.",
  },
  passkey_unanswered: {
    fr: "La clé d’accès n’a pas répondu, ou vous avez renoncé. Rien n’a changé. Vous pouvez réessayer\u202f; vos mots marchent toujours.",
    en: "The passkey did not answer, or you stopped. Nothing has changed. You can try again; your words still work.",
  },
  passkey_without_secret: {
    fr: "Cette clé d’accès ne sait pas garder de secret. Rien n’a changé. Choisissez-en une d’un autre gestionnaire, ou gardez seulement vos mots.",
    en: "This passkey cannot keep a secret. Nothing has changed. Choose one of another password manager, or keep to your words alone.",
  },
  passkey_copy_not_found: {
    fr: "Ce serveur n’a pas de copie pour cette clé d’accès\u202f: elle a pu expirer ou être retirée, ou la clé sert à autre chose. Essayez une autre clé, ou tapez vos mots.",
    en: "This server has no copy for this passkey: it may have expired or been removed, or the passkey is for something else. Try another one, or type your words.",
  },
  passkey_copy_unreadable: {
    fr: "Le serveur a donné autre chose que la copie de cette clé d’accès. Rien n’a été fait ici. Réessayez plus tard, ou tapez vos mots.",
    en: "The server gave something other than this passkey’s copy. Nothing was done here. Try again later, or type your words.",
  },
  recovery_used_up: {
    fr: "Ce profil a déjà changé ses clés quinze fois, et ne peut plus les changer. Créez un nouveau profil.",
    en: "This profile has changed its keys fifteen times already, and cannot change them again. Make a new profile.",
  },
  invitation_malformed: {
    fr: "Ce lien n’est pas une invitation Pli. Demandez à votre contact de vous le renvoyer, et copiez-le en entier.",
    en: "This link is not a Pli invitation. Ask your contact to send it again, and copy all of it.",
  },
  invitation_cut_short: {
    fr: "Le lien d’invitation est incomplet\u202f: la fin manque. Copiez-le en entier, ou demandez-le de nouveau.",
    en: "The invitation link is cut short: its end is missing. Copy all of it, or ask for it again.",
  },
  invitation_newer: {
    fr: "Cette invitation vient d’une version plus récente de Pli. Mettez Pli à jour ici, puis ouvrez-la de nouveau.",
    en: "This invitation comes from a newer version of Pli. Update Pli here, then open it again.",
  },
  invitation_not_found: {
    fr: "Le serveur ne connaît pas cette invitation\u202f: elle a été annulée ou effacée. Demandez-en une nouvelle.",
    en: "The server does not have this invitation: it was cancelled or has been cleared. Ask for a new one.",
  },
  invitation_expired: {
    fr: "Cette invitation a expiré. Rien n’a été échangé. Demandez-en une nouvelle.",
    en: "This invitation has expired. Nothing was exchanged. Ask for a new one.",
  },
  invitation_used: {
    fr: "Quelqu’un a déjà ouvert cette invitation. Si ce n’était pas vous, prévenez votre contact\u202f: il doit l’annuler et vous en faire une autre.",
    en: "Somebody has already opened this invitation. If it was not you, tell your contact: they should cancel it and make you another one.",
  },
  code_malformed: {
    fr: "Un code est fait de quatre chiffres. Tapez les quatre chiffres que l’autre personne vous lit.",
    en: "A code is four digits. Type the four digits the other person reads out to you.",
  },
  code_wrong: {
    fr: "Ce ne sont pas les bons chiffres. Après trois erreurs, Pli détruit l’invitation et n’en garde rien. Faites-vous relire le code de vive voix\u202f; s’il ne correspond toujours pas, quelqu’un s’est peut-être glissé entre vous.",
    en: "These are not the right digits. After three mistakes Pli burns the invitation and keeps nothing of it. Have the code read out again by voice; if it still does not match, somebody may be between you.",
  },
  code_own: {
    fr: "Ce sont vos propres chiffres\u202f: ceux que vous devez lire à l’autre personne. Demandez-lui les siens et tapez-les ici. Cet essai ne compte pas.",
    en: "These are your own digits: the ones you read out to the other person. Ask for theirs and type them here. This try does not count.",
  },
  pairing_burned: {
    fr: "Trois codes faux ont été tapés de l’autre côté\u202f: par erreur, ou parce que quelqu’un s’était glissé entre vous. L’invitation est détruite et rien n’a été échangé. Parlez-vous de vive voix, puis recommencez avec une nouvelle invitation.",
    en: "Three wrong codes were typed on the other side: by mistake, or because somebody was between you. The invitation is destroyed and nothing was exchanged. Talk to each other, then start again with a new invitation.",
  },
  pairing_stopped: {
    fr: "L’autre personne a annulé cette invitation. Rien n’a été échangé, et il n’en reste rien. Si vous voulez toujours vous écrire, il en faut une nouvelle.",
    en: "The other person cancelled this invitation. Nothing was exchanged and nothing of it remains. If you still want to talk, make or ask for a new one.",
  },
  pairing_refused: {
    fr: "L’appareil de l’autre personne a mis fin à l’échange\u202f: ce qu’il a reçu avait été modifié en route. Pli n’en a rien gardé. Faites une nouvelle invitation, transmise par un autre moyen.",
    en: "The other person’s device ended the exchange: what it received had been changed on the way. Pli kept nothing of it. Make a new invitation, and send it by another way.",
  },
  pairing_invalid: {
    fr: "L’échange ne tient pas\u202f: quelque chose a été modifié en route. Pli a tout arrêté et n’en a rien gardé. Faites une nouvelle invitation, transmise par un autre moyen.",
    en: "The exchange does not hold: something was changed on the way. Pli stopped it and kept nothing of it. Make a new invitation, and send it by another way.",
  },
  pairing_timeout: {
    fr: "L’autre personne n’a pas répondu à temps. Pli n’a rien gardé de cet échange. Recommencez quand vous êtes tous les deux disponibles.",
    en: "The other person did not answer in time. Pli kept nothing of this exchange. Start again when you are both there.",
  },
  pairing_cancelled: {
    fr: "L’invitation est annulée. Son lien ne marche plus et il n’en reste rien. Vous pouvez en faire une nouvelle.",
    en: "The invitation is cancelled. Its link no longer works and nothing remains of it. You can make a new one.",
  },
  pairing_clocks_differ: {
    fr: "Vos deux appareils ne sont pas à la même date. Mettez-les à l’heure tous les deux, puis recommencez avec une nouvelle invitation.",
    en: "Your two devices do not agree on the date. Set both clocks right, then start again with a new invitation.",
  },
  pairing_with_self: {
    fr: "C’est votre propre invitation. Rien n’a changé. Envoyez ce lien à la personne avec qui vous voulez parler.",
    en: "This is your own invitation. Nothing has changed. Send the link to the person you want to talk to.",
  },
  device_link: {
    fr: "Ce lien ajoute un appareil. Il s’ouvre depuis les appareils, dans les réglages, et seulement si vous l’avez affiché vous-même.",
    en: "This link adds a device. Open it from the devices in the settings, and only if you had it shown yourself.",
  },
  not_a_device_link: {
    fr: "Ce n’est pas un lien d’appareil. L’appareil à ajouter en affiche un.",
    en: "This is no link of a device. The device that is to be added shows one.",
  },
  device_unknown: {
    fr: "Cet appareil n’est pas parmi les vôtres, ou c’est celui-ci.",
    en: "This device is none of your others.",
  },
  device_removed: {
    fr: "Cet appareil a été retiré depuis un autre de vos appareils. Il n’envoie et ne reçoit plus rien.",
    en: "This device was removed from another of your devices. It sends and receives nothing any more.",
  },
  too_many_devices: {
    fr: "Vous avez déjà huit appareils. Retirez-en un d’abord.",
    en: "You have eight devices already. Remove one first.",
  },
  pairing_unknown: {
    fr: "Cet échange n’existe plus sur cet appareil. Faites ou demandez une nouvelle invitation.",
    en: "This exchange no longer exists on this device. Make or ask for a new invitation.",
  },
  // conversations and messages
  contact_unknown: {
    fr: "Aucun contact de ce nom. Vérifiez l’orthographe dans la liste de vos contacts, ou invitez cette personne.",
    en: "No contact has this name. Check the spelling in your list of contacts, or invite this person.",
  },
  contact_ambiguous: {
    fr: "Plusieurs noms correspondent. Pli n’a rien fait. Précisez le nom, ou donnez le début de l’identifiant.",
    en: "Several names match. Pli did nothing. Give more of the name, or the beginning of the identifier.",
  },
  conversation_unknown: {
    fr: "Cette conversation n’existe pas, ou plus, sur cet appareil. Revenez à la liste des conversations.",
    en: "This conversation does not exist on this device, or no longer does. Go back to the list of conversations.",
  },
  message_unknown: {
    fr: "Ce message n’est plus sur cet appareil. Il n’y a rien à faire.",
    en: "This message is no longer on this device. There is nothing to do.",
  },
  emoji_malformed: {
    fr: "Ce n’est pas un emoji. Pli n’a pas réagi au message. Choisissez un seul emoji.",
    en: "This is not an emoji. Pli did not react to the message. Choose one emoji.",
  },
  message_empty: {
    fr: "Le message est vide. Pli ne l’a pas envoyé. Écrivez quelque chose d’abord.",
    en: "The message is empty. Pli did not send it. Write something first.",
  },
  message_too_long: {
    fr: "Le message est trop long. Pli ne l’a pas envoyé. Coupez-le en plusieurs.",
    en: "The message is too long. Pli did not send it. Split it into several.",
  },
  not_received: {
    fr: "Ce message n’est pas arrivé\u202f: le serveur ne garde un message que quelques semaines, et l’autre personne ne l’a pas reçu à temps. Il partira de nouveau si elle revient\u202f; vous pouvez aussi le renvoyer maintenant.",
    en: "This message did not arrive: the server keeps a message for some weeks, and the other person did not get it in time. It leaves again when they come back; you can also send it again now.",
  },
  // groups
  not_a_group: {
    fr: "Cette conversation n’est pas un groupe. Pli n’a rien changé.",
    en: "This conversation is not a group. Pli changed nothing.",
  },
  not_in_group: {
    fr: "Vous ne faites plus partie de ce groupe. Ce que vous en avez reçu reste lisible ici.",
    en: "You are no longer in this group. What you received from it can still be read here.",
  },
  not_allowed: {
    fr: "Les règles du groupe ne vous le permettent pas. Demandez-le à un propriétaire ou à un admin.",
    en: "The rules of the group do not let you do this. Ask an owner or an admin.",
  },
  not_a_contact: {
    fr: "Cette personne n’est pas un de vos contacts, et seuls vos contacts peuvent entrer dans un groupe. Invitez-la d’abord.",
    en: "This person is not one of your contacts, and only contacts can be added to a group. Invite them first.",
  },
  member_unknown: {
    fr: "Personne de ce nom dans le groupe. Vérifiez la liste de ses membres.",
    en: "Nobody of this name is in the group. Check the list of its members.",
  },
  already_member: {
    fr: "Cette personne est déjà dans le groupe. Il n’y a rien à faire.",
    en: "This person is in the group already. There is nothing to do.",
  },
  already_removed: {
    fr: "Cette personne n’est plus dans le groupe. Il n’y a rien à faire.",
    en: "This person is no longer in the group. There is nothing to do.",
  },
  owner_needed: {
    fr: "Un groupe doit garder un propriétaire. Nommez-en un autre d’abord.",
    en: "A group must keep an owner. Name another one first.",
  },
  group_full: {
    fr: "Le groupe est complet. Pli n’a ajouté personne. Retirez d’abord quelqu’un, ou faites un second groupe.",
    en: "The group is full. Pli added nobody. Remove somebody first, or make a second group.",
  },
  group_jammed: {
    fr: "Quelqu’un bloque les changements de ce groupe. Pli n’a rien changé. Un propriétaire peut relancer le groupe depuis sa fiche.",
    en: "Somebody blocks the changes of this group. Pli changed nothing. An owner can restart the group from its page.",
  },
  description_too_long: {
    fr: "La description dépasse 1\u202f000 caractères. Raccourcissez-la.",
    en: "The description is longer than 1,000 characters. Shorten it.",
  },
  picture_malformed: {
    fr: "Ce fichier n’est pas une image que Pli sait montrer. Choisissez une image JPEG, PNG ou WebP.",
    en: "This file is not a picture that Pli can show. Choose a JPEG, PNG or WebP picture.",
  },
  picture_too_large: {
    fr: "L’image dépasse 64\u00a0Kio. Choisissez-en une plus petite.",
    en: "The picture is larger than 64 KiB. Choose a smaller one.",
  },
  change_unknown: {
    fr: "Ce changement est déjà parti, ou n’a plus lieu d’être\u202f: il ne peut plus être annulé. L’historique du groupe dit ce qu’il en est.",
    en: "This change has left already, or is no longer needed: it cannot be cancelled any more. The history of the group says what became of it.",
  },
  key_package_unusable: {
    fr: "L’appareil de cette personne n’a pas répondu avec des clés valables. Pli n’a rien changé. Réessayez quand elle sera en ligne.",
    en: "This person’s device did not answer with keys that hold. Pli changed nothing. Try again when they are on line.",
  },
  question_unknown: {
    fr: "Cette question n’est plus ouverte\u202f: elle a changé, ou elle est terminée. Regardez celles qui restent.",
    en: "This question is not open any more: it has changed, or it is over. Look at those that are left.",
  },
  offer_declined: {
    fr: "Cette personne n’a pas accepté d’entrer dans le groupe. Parlez-lui-en si vous pensez à un malentendu.",
    en: "This person did not accept to come into the group. Talk to them if you think it is a misunderstanding.",
  },
  offer_unanswered: {
    fr: "Cette personne n’a pas répondu en deux semaines, et la question est close. Vous pouvez la lui poser de nouveau.",
    en: "This person did not answer within two weeks, and the question is closed. You can ask them again.",
  },
  // files of exports
  export_malformed: {
    fr: "Ce fichier n’est pas un export de Pli, ou il a été modifié. Pli n’en a rien repris. Choisissez un autre fichier.",
    en: "This file is not an export of Pli, or it has been changed. Pli took nothing from it. Choose another file.",
  },
  export_damaged: {
    fr: "Ce fichier est abîmé ou incomplet\u202f: il a été coupé ou modifié. Recopiez-le depuis l’original, puis réessayez.",
    en: "This file is damaged or incomplete: it was cut short or changed. Copy it from the original again, then try once more.",
  },
  export_newer: {
    fr: "Cet export vient d’une version plus récente de Pli. Rien n’en a été repris. Mettez Pli à jour, puis importez-le de nouveau.",
    en: "This export comes from a newer version of Pli. Nothing was taken from it. Update Pli, then import it again.",
  },
  export_costly: {
    fr: "Ouvrir ce fichier demanderait trop de mémoire à cet appareil\u202f: Pli refuse. Un export de Pli n’en demande jamais autant.",
    en: "Opening this file would take more memory than Pli lets a file take. An export of Pli never asks for that much.",
  },
  export_passphrase_wrong: {
    fr: "Ces mots n’ouvrent pas ce fichier. Rien n’a changé. Vérifiez-les un à un\u202f: ils ont été affichés à la fin de l’export.",
    en: "These words do not open this file. Nothing has changed. Check them one by one: they were shown at the end of the export.",
  },
  export_unverified: {
    fr: "Le fichier écrit n’a pas pu être relu en entier\u202f: Pli ne le compte pas comme un export. Réessayez à un autre endroit.",
    en: "The file that was written could not be read back whole: Pli does not count it as an export. Try again in another place.",
  },
  file_exists: {
    fr: "Il y a déjà un fichier à cet endroit. Pli n’y a pas touché. Choisissez un autre nom.",
    en: "There is a file in this place already. Pli left it untouched. Choose another name.",
  },
  file_unreadable: {
    fr: "Ce fichier ne peut être ni lu ni écrit. Vérifiez son chemin et vos droits, puis réessayez.",
    en: "This file can be neither read nor written. Check its path and your rights, then try again.",
  },
  // the store
  store_unreachable: {
    fr: "Le serveur est injoignable. Pli réessaie tout seul\u202f; ce que vous écrivez est gardé ici et partira dès que possible. Vérifiez votre connexion si cela dure.",
    en: "The server cannot be reached. Pli keeps trying by itself; what you write is kept here and leaves as soon as it can. Check your connection if it lasts.",
  },
  store_slow: {
    fr: "Le serveur tarde à répondre. Pli réessaie tout seul, et rien n’est perdu. Vous pouvez continuer à écrire.",
    en: "The server is slow to answer. Pli tries again by itself, and nothing is lost. You can go on writing.",
  },
  store_full: {
    fr: "Le serveur n’a plus de place. Pli garde vos messages ici et réessaie. Prévenez la personne qui s’occupe du serveur.",
    en: "The server is out of space. Pli keeps your messages here and tries again. Tell whoever runs the server.",
  },
  store_busy: {
    fr: "Le serveur est débordé. Pli attend un peu, puis réessaie tout seul. Vous n’avez rien à faire.",
    en: "The server is overloaded. Pli waits a little, then tries again by itself. You need do nothing.",
  },
  store_newer: {
    fr: "Le serveur parle une version plus récente que ce Pli. Vos messages attendent ici. Mettez Pli à jour.",
    en: "The server speaks a newer version than this Pli. Your messages wait here. Update Pli.",
  },
  store_lying: {
    fr: "Le serveur a rendu autre chose que ce qui lui avait été confié. Pli l’a refusé et n’en a rien gardé. Si cela se répète, ne vous fiez plus à ce serveur.",
    en: "The server gave back something other than what was left with it. Pli refused it and kept nothing of it. If it happens again, stop trusting this server.",
  },
  store_address_malformed: {
    fr: "Cette adresse de serveur n’en est pas une. Elle doit ressembler à https://pli.example.org ou http://127.0.0.1:7540.",
    en: "This is not the address of a server. It should look like https://pli.example.org or http://127.0.0.1:7540.",
  },
  store_private: {
    fr: "L’adresse de ce serveur n’a de sens qu’à l’intérieur d’un réseau. Pli ne s’y connecte pas sur la demande de quelqu’un d’autre.",
    en: "The address of this server only means something inside some network. Pli does not connect to it on somebody else’s word.",
  },
  unknown_feed: {
    fr: "Le serveur ne connaît pas la partie où vit cette conversation. Vos messages attendent ici. Prévenez la personne qui s’occupe du serveur.",
    en: "The server does not know the part this conversation lives in. Your messages wait here. Tell whoever runs the server.",
  },
  too_many_requests: {
    fr: "Trop d’envois en peu de temps\u202f: le serveur demande une pause. Pli la fait et reprend tout seul. Vous n’avez rien à faire.",
    en: "Too much was sent in a short time: the server asks for a pause. Pli makes it and goes on by itself. You need do nothing.",
  },
  clock_wrong: {
    fr: "L’horloge de cet appareil est fausse, ce qui empêche de vérifier les dates. Pli reprendra dès qu’elle sera juste. Réglez-la, de préférence automatiquement.",
    en: "The clock of this device is wrong, so dates cannot be checked. Pli goes on once it is right. Set it, best automatically.",
  },
  profile_out_of_time: {
    fr: "Le certificat de cet appareil n’est pas valable aujourd’hui : son heure était fausse quand le profil a été créé, ou c’était il y a plus de deux ans. Vos conversations continuent ; pour ajouter quelqu’un, créez un nouveau profil.",
    en: "This device’s certificate is not valid today: the clock was wrong when the profile was made, or that was more than two years ago. Your conversations go on; to add somebody, make a new profile.",
  },
  // this device
  database_wrong_key: {
    fr: "Les données de Pli ne s’ouvrent pas avec cette clé. Elles sont intactes. Vérifiez qu’il s’agit du bon dossier et de sa propre clé.",
    en: "Pli’s data does not open with this key. It is untouched. Check that this is the right folder, with its own key.",
  },
  database_damaged: {
    fr: "Les données de Pli sur cet appareil sont abîmées. Pli s’est arrêté pour ne rien aggraver. Copiez le dossier avant toute autre chose, puis remettez-en une sauvegarde, ou repartez de zéro.",
    en: "Pli’s data on this device is damaged. Pli stopped so as not to make it worse. Copy the folder before anything else, then put a backup back, or start afresh.",
  },
  database_older: {
    fr: "Les données de cet appareil viennent d’un essai de Pli trop ancien pour être repris. Pli n’y a pas touché. Pour repartir de zéro, choisissez un autre dossier ou effacez ces données.",
    en: "The data on this device comes from a trial of Pli that is too old to continue. Pli left it untouched. To start afresh, choose another folder or erase this data.",
  },
  database_newer: {
    fr: "Les données de cet appareil ont été écrites par une version plus récente de Pli. Pli n’y a pas touché. Lancez la version la plus récente.",
    en: "The data on this device was written by a newer version of Pli. Pli left it untouched. Run the newest version.",
  },
  database_locked: {
    fr: "Un autre programme tient les données de Pli ouvertes. Pli n’y a pas touché. Fermez l’autre, puis réessayez.",
    en: "Another program holds Pli’s data open. Pli left it untouched. Close the other one, then try again.",
  },
  disk_full: {
    fr: "Le disque est plein. Pli n’enregistre plus rien, et rien n’est écrit à moitié. Libérez de la place, puis réessayez.",
    en: "The disk is full. Pli saves nothing more, and nothing is half-written. Free some space, then try again.",
  },
  disk_read_only: {
    fr: "Le dossier de ce profil ne peut être que lu\u202f: le disque est protégé en écriture, ou vous n’avez pas le droit d’y écrire. Ce qui est là se lit\u202f; rien d’autre ne peut se faire. Rendez-le inscriptible, puis réessayez.",
    en: "The folder of this profile can only be read: the disk is write-protected, or you have no permission to write there. What is in it can be read, and nothing else can be done. Make it writable, then try again.",
  },
  database_failed: {
    fr: "Pli n’a pas pu lire ou écrire ses données. Rien n’est écrit à moitié. Vérifiez le disque et les droits du dossier, puis réessayez.",
    en: "Pli could not read or write its data. Nothing is half-written. Check the disk and the permissions of the folder, then try again.",
  },
  locked: {
    fr: "Pli est verrouillé. Rien n’est lisible sans la phrase secrète ou la clé d’accès. Déverrouillez-le pour continuer.",
    en: "Pli is locked. Nothing can be read without the passphrase or the passkey. Unlock it to go on.",
  },
  locked_down: {
    fr: "Le mode isolement est actif\u202f: personne de nouveau n’entre, et rien n’a changé. Désactivez-le d’abord dans les réglages.",
    en: "Lockdown is on: nobody new comes in, and nothing has changed. Turn it off in the settings first.",
  },
  lock_missing: {
    fr: "Rien ne verrouille ce profil\u202f: cela ne servirait donc à rien. Définissez d’abord une phrase secrète.",
    en: "Nothing locks this profile, so this would do nothing. Set a passphrase first.",
  },
  passphrase_wrong: {
    fr: "Ce n’est pas la bonne phrase secrète. Rien n’a changé. Réessayez, en vérifiant les majuscules et la disposition du clavier.",
    en: "This is not the right passphrase. Nothing has changed. Try again, and check capitals and the keyboard layout.",
  },
  passphrase_paused: {
    fr: "Trop d’essais de suite. Pli attend avant d’en accepter un autre, même le bon. Rien n’est perdu.",
    en: "Too many tries in a row. Pli waits before it takes another one, even the right one. Nothing is lost.",
  },
  passphrase_too_short: {
    fr: "Cette phrase secrète est trop courte pour protéger vos messages\u202f: il lui faut au moins 8 caractères. Plusieurs mots sans lien font l’affaire.",
    en: "This passphrase is too short to protect your messages: it needs at least 8 characters. Several unrelated words will do.",
  },
  passphrase_in_use: {
    fr: "Cette phrase secrète sert déjà ici à autre chose. Choisissez-en une autre, qui n’y ressemble pas.",
    en: "This passphrase already does something else here. Choose another one that does not look like it.",
  },
  room_missing: {
    fr: "Ce profil n’a pas de place pour des profils cachés. Faites-en d’abord avec pli hidden room.",
    en: "This profile has no room for hidden profiles. Make it first with pli hidden room.",
  },
  room_there: {
    fr: "Ce profil a de la place pour des profils cachés, qui tient à sa phrase secrète. Pour en changer, ôtez-la d’abord avec pli hidden room --none\u202f: ce qui y serait caché est alors perdu.",
    en: "This profile has room for hidden profiles, which depends on its passphrase. To change that, remove the room first with pli hidden room --none: whatever is hidden there is then lost.",
  },
  room_full: {
    fr: "Il n’y a plus de place que pour les profils cachés dont vous avez donné la phrase secrète. Rien n’a changé.",
    en: "There is no room but that of the hidden profiles whose passphrases you gave. Nothing has changed.",
  },
  home_unsafe: {
    fr: "D’autres que vous peuvent lire le dossier de ce profil, ou il ne vous appartient pas. Pli ne l’ouvre pas dans cet état : rendez-le privé (chmod 700) ou choisissez-en un autre.",
    en: "Others can read this profile’s folder, or it is not yours. Pli does not open it like that: make it private (chmod 700) or choose another.",
  },
  passkey_unavailable: {
    fr: "La clé d’accès n’a pas répondu, ou cet appareil ne sait pas s’en servir pour chiffrer. Rien n’a changé. Réessayez, ou utilisez une phrase secrète.",
    en: "The passkey did not answer, or this device cannot use one for encryption. Nothing has changed. Try again, or use a passphrase.",
  },
  browser_unsupported: {
    fr: "Ce navigateur ne sait pas garder vos messages chiffrés sur cet appareil, et Pli ne les garde pas autrement. Utilisez une version récente de Firefox, Chrome, Edge ou Safari, hors navigation privée.",
    en: "This browser cannot keep your messages encrypted on this device, and Pli keeps them no other way. Use a recent Firefox, Chrome, Edge or Safari, not in a private window.",
  },
  storage_blocked: {
    fr: "Ce navigateur refuse à Pli de garder quoi que ce soit sur cet appareil. Autorisez les données de ce site (les cookies) dans ses réglages, ou quittez la navigation privée, puis rechargez la page.",
    en: "This browser does not let Pli keep anything on this device. Allow this site’s data (cookies) in its settings, or leave the private window, then reload the page.",
  },
  engine_gone: {
    fr: "La partie de Pli qui garde vos messages s’est arrêtée. Elle redémarre toute seule. Réessayez\u202f; ce qui était enregistré l’est toujours.",
    en: "The part of Pli that keeps your messages stopped. It starts again by itself. Try again; what was saved still is.",
  },
  request_malformed: {
    fr: "Pli n’a pas compris cette demande et n’a rien fait. Rechargez la page ou vérifiez la commande, puis réessayez.",
    en: "Pli did not understand this request and did nothing. Reload the page or check the command, then try again.",
  },
  internal: {
    fr: "Pli a rencontré une erreur imprévue. Ce qui était enregistré l’est toujours. Réessayez\u202f; si cela se reproduit, signalez-le en donnant la version.",
    en: "Pli met an error nobody foresaw. What was saved still is. Try again; if it happens again, report it with the version.",
  },
};

/**
 * One or two plain sentences for a code of `errors.ts`; for any other code, those of `internal`.
 */
export function errorSentence(language: Language, code: string): string {
  return SENTENCES[isErrorCode(code) ? code : "internal"][language];
}

/** The codes that have sentences; a test keeps them equal to the registry. */
export const SENTENCE_CODES: readonly string[] = Object.keys(SENTENCES);
