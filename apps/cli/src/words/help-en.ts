/** The help of each command, and of all of them. */
export const helpEn = {
  all: `Pli: a messenger whose server has no users.

  pli                        conversations and messages, interactively
  pli init --name NAME       make a profile: no number, no account
  pli init --link            make this one of your devices, from another of them
  pli invite                 invite someone: a link, a QR code, four digits
  pli accept LINK            accept an invitation
  pli invitations            what became of invitations; resume one, stop one
  pli contacts               list your contacts
  pli send CONTACT TEXT      send a message; TEXT - reads it from the input
  pli messages CONTACT       show a conversation
  pli search TEXT            find messages
  pli reply, edit, react     messages: answer one, change yours, react with an emoji
  pli star, forward          messages: mark one for yourself, send one to others
  pli delete, resend, again  messages: delete them, try again to send them, ask for what was not kept
  pli block, unblock, name   contacts: show what they write or not, call them by a name of your own
  pli mute, unmute           conversations: announce what is written there or not
  pli lock, unlock           conversations: show them in lists and searches or not
  pli receipts               whether your contacts learn what you have read
  pli lockdown               whether only verified contacts are heard, and nobody new comes in
  pli device                 your devices: add one, name one, remove one
  pli passphrase             what opens this profile
  pli duress                 a second passphrase, which erases the profile and opens an empty one
  pli hidden …               profiles that nothing shows: pli hidden --help
  pli profile …              several profiles on this machine: pli profile --help
  pli recovery …             the words with which you get your profile back
  pli group …                found a group, change it, leave it: pli group --help
  pli listen                 print messages as they arrive
  pli export --to FILE       everything you can read, in one file that any computer opens
  pli import FILE            take in what such a file has, to read
  pli doctor                 check the server, the clock, the storage

Options of every command:
  --home DIR                 folder of the profiles           (or PLI_HOME)
  --profile PROFILE          another profile than the one in use  (or PLI_PROFILE)
  --store URL                address of the server            (or PLI_STORE); remembered once it has answered
  --passphrase-file FILE     read the passphrase from a file  (or PLI_PASSPHRASE_FILE)
  --json                     one JSON object per line on the output, nothing else
  --lang fr|en               language; otherwise LC_ALL, LC_MESSAGES or LANG
  --help, --version

CONTACT is a name, the beginning of a name, or the beginning of an identifier; a group’s too in send and messages.
More about one command: pli COMMAND --help. Scripts: docs/cli.md.
`,
  device: `pli device                        your devices
pli device add [LINK]             let a new device in, which shows LINK (pli init --link)
pli device cancel DEVICE          stop one that is to come in
pli device rename DEVICE NAME     a name for it, which only your devices know; "" takes it away
pli device remove DEVICE          take it out of all your conversations
  --stolen                        somebody has it: new keys, by your recovery words

A new device reads and writes everything as you do. Type the four digits it shows, and yours on it.
Never open a link that somebody sent you: the new device is before you and shows it.
DEVICE is its name, the beginning of that name, or of its identifier.
A device that was removed reads nothing more. If it was stolen, the thief still holds the keys of your profile.
`,
  init: `pli init --name NAME [--passphrase | --passphrase-file FILE]
pli init --link [--name DEVICE] [--passphrase | --passphrase-file FILE]

Makes a profile in the folder given by --home. Nothing is sent to anyone.
  --name NAME              the name your contacts will see; asked for in a terminal
  --link                   make this one of your devices: prints a link, and a QR code in a terminal, for
                           pli device add on another one; --name is then the name of the device
  --passphrase             ask for a passphrase that will protect the folder
  --passphrase-file FILE   the same, the passphrase being the first line of FILE
Otherwise a key file in the folder, readable by you alone, protects it.
With --store, the folder remembers that server.
`,
  invite: `pli invite [--name NAME] [--base URL]

Prints an invitation: a link, and a QR code in a terminal. Waits until someone opens it, shows
four digits to read out, asks for the four they read to you. Three wrong entries burn it.
Ctrl-C cancels it: the link then opens nothing. If the command ends otherwise, pli invitations resume goes on.
  --name NAME  your own name for it, to tell it from others; nobody else sees it
  --base URL   the address the link begins with (default: the server’s)
`,
  accept: `pli accept [LINK]

Accepts an invitation: shows four digits to read out, asks for the four the other person reads.
LINK may be broken into lines, or have text around it; put it in quotes.
Without LINK, it is asked for, or read as one line from the input; it then stays out of the shell's history.
`,
  invitations: `pli invitations                            those under way, and how the others ended
pli invitations resume [INVITATION]        go on with one: shows its link or the digits, asks for theirs
pli invitations stop INVITATION            cancel one on both sides
pli invitations clear                      put away those that have ended

For invitations you made and invitations you accepted, whatever command began them: also when that was killed.
INVITATION is the name you gave it (pli invite --name), the beginning of that name, or of its identifier.
Not needed when only one is under way.
`,
  contacts: `pli contacts

Lists contacts: trust (●●● verified, ●●○ vouched for, ●○○ met in a group), name, identifier, groups in common.
`,
  send: `pli send CONTACT|GROUP TEXT [--wait SECONDS]

Sends TEXT, or the whole input when TEXT is -. Returns once the server has the message. If the server
cannot be reached, the message is kept and leaves with a later command; that is a success too (state "saved").
  --wait SECONDS   how long to wait for the server (default 10; 0 does not wait)
A text that begins with a dash comes after --:  pli send Camille -- "-5 °C this morning"
`,
  listen: `pli listen [--unread]

Prints messages as they arrive, until Ctrl-C.
  --unread   first what has not been read yet. What is printed is marked as read once the output has taken it:
             after a crash some may be printed twice, none is left out
`,
  messages: `pli messages CONTACT|GROUP [--limit N] [--before ORDER | --after ORDER] [--ids]

Shows the last messages of a conversation, oldest first.
  --limit N        how many (default 50)
  --before ORDER   the last N before this one: ORDER is what --json calls "order"
  --after ORDER    the first N after this one
  --ids            with the beginnings of their identifiers, for pli delete
In a terminal, everything up to the last one shown is marked as read.
`,
  search: `pli search TEXT [--limit N]

Shows the newest messages that have these words, oldest first, each with its day. The beginning of the last word is enough.
  --limit N   how many (default 50)
`,
  reply: `pli reply MESSAGE TEXT

Answers a message where it stands. MESSAGE is its identifier or how that begins: pli messages CONTACT --ids
`,
  edit: `pli edit MESSAGE TEXT

Your message says TEXT from now on. Those who have it see that it was edited, and what it said before.
`,
  react: `pli react MESSAGE EMOJI|none

Puts one emoji of yours at a message, in place of an earlier one. none takes it back.
`,
  star: `pli star MESSAGE [--off]

Marks a message, on your devices alone. --off takes the mark away.
`,
  forward: `pli forward MESSAGE CONTACT…

Sends the same text to contacts or groups. It does not say who wrote it.
`,
  delete: `pli delete MESSAGE [--everyone]
pli delete CONTACT|GROUP MESSAGE… [--everyone]

Deletes messages from your devices; the others keep theirs. MESSAGE is an identifier or its beginning:
pli messages CONTACT --ids shows them. A group that was left is deleted with: pli group delete GROUP
  --everyone  on all devices of all who have it: your own, and in a group that you lead everybody’s
`,
  resend: `pli resend CONTACT|GROUP

Tries again what could not be sent there.
`,
  again: `pli again CONTACT|GROUP

Asks for the messages that came and were not kept, because they were more than one person can send in a day.
`,
  mute: `pli mute CONTACT|GROUP

What is written there is not announced any more. To undo it: pli unmute
`,
  unmute: `pli unmute CONTACT|GROUP

What is written there is announced again.
`,
  lock: `pli lock CONTACT|GROUP

Shows nothing of this conversation in lists, searches and pli listen, which says only that a message came.
It is read with: pli messages, which asks for the passphrase as ever. It needs a passphrase (pli passphrase).
It is under the profile's key like the others: this holds up somebody who has the open app before them, and nobody
who has the passphrase or the key. To undo it: pli unlock
`,
  unlock: `pli unlock CONTACT|GROUP

Shows this conversation like the others again.
`,
  block: `pli block CONTACT [--erase]

What this contact writes meanwhile is never shown, and they are not told. To end it: pli unblock
  --erase   also erase from your devices what they had written, and your conversation with them
`,
  unblock: `pli unblock CONTACT

What this contact writes from now on is shown. The conversation is set up again by itself.
`,
  name: `pli name CONTACT NAME
pli name CONTACT --clear

Gives a contact a name of your own, which counts before names that others chose. Nobody is told.
  --clear   call them by their own name again
`,
  receipts: `pli receipts [on|off]

Whether your contacts learn what you have read. Without a word: what is so now.
`,
  lockdown: `pli lockdown [on|off]

Under threat. While it is on, only verified contacts are heard: what other members of groups write is not kept.
Nobody new comes in: invitations under way end, new ones are refused, contacts ask before they add you to a group.
Pictures of groups are not decoded. Without a word: what is so now.
`,
  passphrase: `pli passphrase [--new-passphrase-file FILE | --none]

Gives this profile a passphrase, or another one: asked for in a terminal, or the first line of FILE. With
--passphrase-file, the present one is read from there. What runs on the profile goes on.
  --none   a key file in the folder, readable by you alone, in its place
`,
  duress: `pli duress [--name NAME] [--new-passphrase-file FILE]
pli duress --none

Sets a duress passphrase. Typed wherever Pli asks for the passphrase, it erases this profile, its key first, and
opens a fresh one, without contacts or messages, in its place. Afterwards it is the passphrase of that one.
Nothing asks before it erases, and nothing brings the profile back but your recovery words. Nothing shows whether
there is a duress passphrase. The present passphrase is asked for, or read from --passphrase-file.
  --name NAME                  what the fresh profile is called
  --new-passphrase-file FILE   the duress passphrase is the first line of FILE
  --none                       no duress passphrase from now on
`,
  hidden: `pli hidden room [--size MIB]                      make room for two hidden profiles
pli hidden room --none [--yes]                    remove the room, and whatever is hidden in it
pli hidden add [--name NAME] [--new-passphrase-file FILE] [--keep-file FILE]

The room is two files beside the profile, full of random bytes. A hidden profile lies in one of them, and its own
passphrase, typed wherever Pli asks for the passphrase, opens it. Without that passphrase nobody can tell whether
anything is hidden there, you and Pli included: a new hidden profile can take the place of one whose passphrase you
do not give. No list shows a hidden profile. One profile of a folder is open at a time. The present passphrase is
asked for, or read from --passphrase-file.
  --size MIB                   how much each hidden profile may hold; 64 otherwise
  --name NAME                  the name its contacts will see
  --new-passphrase-file FILE   the passphrase of the hidden profile is the first line of FILE
  --keep-file FILE             the first line of FILE opens a hidden profile that is to stay
  --yes                        do not ask before what is hidden is erased
That there is room shows. So do two copies of the folder made at different times, a program that was killed while a
hidden profile was open, until Pli is opened again, and traffic. Afterwards, open the other profile.
`,
  profile: `pli profile                                        the profiles on this machine; * marks the one in use
pli profile add LABEL --name NAME [--passphrase]   one more, with keys and data of its own
pli profile switch PROFILE                         commands use this one from now on
pli profile rename PROFILE LABEL                   what you call it on this machine
pli profile remove PROFILE [--yes]                 erase it from this machine, its keys first

PROFILE is a label, or the beginning of the identifier that the list shows. For one command: pli --profile PROFILE …
Labels stand in the folder in the clear. What runs on one profile goes on while you use another.
  --name NAME   the name your contacts will see; --passphrase, --passphrase-file as in pli init
  --yes         without asking
`,
  recovery: `pli recovery           how it stands: words, backup, copy in a passkey
pli recovery show      the nineteen words, until you have confirmed them
pli recovery check     reads them as one line, and says whether they are right
pli recovery messages [on|off]
                       whether the server keeps a sealed copy of your messages, and how far it is
pli recovery restore [--stolen] [--passphrase | --passphrase-file FILE]
                       reads them as one line, in an empty folder, and brings your profile back
pli recovery remove-copy
                       your devices stop renewing the copy that a passkey opens

With these words you get your profile back when all your devices are gone. They are made on this
device and go nowhere. Once they are confirmed, this device forgets them. Capitals, accents and numbers do not matter,
and four letters stand for a word. The words read in French (--lang fr) and in English: either will do.
Back are your name, contacts with trust, groups and settings; what was written only if you kept a copy of it
(messages on). Conversations and groups begin again by themselves, as soon as the other is there. The server must be
the one that you had: --store URL.
The copy of messages leaves once a day at most, the newest first. Who has your words, and who has the keys of one of
your devices, can read it: declare a device stolen rather than remove it if you do not trust who has it.
The web app can keep a copy of the words on the server, which a passkey opens, and restore by it.
  --stolen       somebody may have one of your devices: you get new keys, and your contacts refuse the old ones
  --passphrase   ask for a passphrase that will protect the folder
`,
  group: `pli group                                         your groups
pli group create NAME CONTACT… [--description TEXT]
pli group show GROUP                              members, rules, what is on its way
pli group add GROUP CONTACT…
pli group remove GROUP MEMBER…
pli group leave GROUP [--successor MEMBER]        the only owner names who comes after
pli group rename GROUP NAME
pli group describe GROUP TEXT
pli group role GROUP MEMBER owner|admin|member|reader
pli group rules GROUP [--who-adds admins|members] [--who-writes everyone|admins]
                      [--timer 1h|1d|1w|off] [--newcomers nothing|week]
pli group picture GROUP FILE|none                 JPEG, PNG or WebP of at most 64 KiB
pli group keys GROUP                              new encryption keys for this device, now
pli group refound GROUP [--without MEMBER…]       found it again when somebody blocks its changes
pli group cancel GROUP CHANGE                     take back what has not left yet
pli group delete GROUP                            delete one that was left, from this device; or give up coming in
pli group questions                               what you are asked to come into
pli group accept|decline QUESTION                 by its group's name, or the beginning of its identifier
pli group asking [on|off]                         whether contacts ask before they add you (on), or add you without

Each change waits until it is in effect for everyone and says what came of it, or why it was dropped.
Ctrl-C stops waiting, not the change.
  --no-wait   return as soon as the change is saved on this device
GROUP and MEMBER are names, or the beginning of a name or of an identifier. Write in a group: pli send GROUP TEXT
`,
  export: `pli export --to FILE

Writes everything that you can read into FILE: contacts, conversations, messages. Shows twelve words, once: they open it.
The file is there only after it was read back and counted. Messages that disappear are not in it, and no key is:
nobody can write in your name with it. Without Pli: age -d -o export.tar FILE (docs/export.md).
`,
  import: `pli import FILE [--names] [--count]

Reads an export to its end, says what it would add, and asks before it does. The words are read as one line.
What is new becomes archives: conversations to read and to search. Nobody becomes a contact, nobody is trusted more.
Done twice, it adds nothing more.
  --names   also call contacts by the names that the file has for them, where you have given none
  --count   only say what it would add
`,
  doctor: `pli doctor

Checks: is the server there, which version, is the clock right, is the folder private, does the data open,
is anything waiting or missing. Ends with 0 when nothing fails, 1 otherwise. Works without a profile.
`,
};

/** The commands that have help. */
export type HelpName = Exclude<keyof typeof helpEn, "all">;
