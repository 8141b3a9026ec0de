export const profileEn = {
  unnamed: (id: string) => `(no label, ${id})`,
  keyed: { keyfile: "opened by a key file", passphrase: "opened by a passphrase" },
  added: (label: string) => `The profile ${label} is ready.`,
  how: (label: string) => `To use it: pli --profile "${label}" …, or for all commands: pli profile switch "${label}"`,
  switched: (label: string) => `Commands use the profile ${label} from now on.`,
  renamed: (label: string) => `It is called ${label} from now on, on this machine.`,
  removes: (label: string) =>
    `This erases the profile ${label} from this machine: its identity, its contacts, its messages. Nobody can bring it back.`,
  typeToRemove: (label: string) => `To go on, type ${label}: `,
  notRemoved: "Nothing was erased. In a script: pli profile remove PROFILE --yes",
  removed: (label: string) => `The profile ${label} is erased.`,
  traces:
    "Its keys were overwritten first. An SSD, or a disk that keeps snapshots, may still hold old copies of these bytes.",
  listening: (label: string) => `Profile: ${label}`,
};
