/**
 * A line between two ends that carries JSON values in order. Whatever platform makes it, RPC sees
 * only this.
 */
export interface Channel {
  /** After the line closed it does nothing. */
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, when either end closes or breaks. */
  onClose(listener: () => void): void;
  close(): void;
}
