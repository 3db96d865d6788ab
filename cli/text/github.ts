/** A workflow command ends with its line, so text from elsewhere must not bring one of its own. */
export const escaped = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** The same for a value inside the command, as `title=` has. */
export const escapedValue = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
