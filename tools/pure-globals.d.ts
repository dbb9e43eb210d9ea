/** For the types of floors 0 to 2, which know neither Node nor a browser: the contract names this type in a signature of `ControlService`. */
interface AbortSignal {
  readonly aborted: boolean;
}
