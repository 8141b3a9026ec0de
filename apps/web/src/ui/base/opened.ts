/** Whether something that opens over the page is open, where its parent says so. */
export interface Opened {
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** The same as react-aria has it: what is not given is left to the trigger itself. */
export const controlOf = ({ open, onOpenChange }: Opened) => ({
  ...(open !== undefined && { isOpen: open }),
  ...(onOpenChange !== undefined && { onOpenChange }),
});
