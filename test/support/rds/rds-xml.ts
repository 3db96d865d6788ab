/** A value of an answer: an array repeats its element. */
export type XmlValue =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue };

/** An answer as AWS Query writes it. */
export const asXml = (action: string, result: XmlValue): string =>
  `<${action}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/">${element(`${action}Result`, result)}` +
  `<ResponseMetadata><RequestId>model</RequestId></ResponseMetadata></${action}Response>`;

export const faultXml = (code: string, message: string): string =>
  `<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>Sender</Type>${element('Code', code)}` +
  `${element('Message', message)}</Error><RequestId>model</RequestId></ErrorResponse>`;

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((each: XmlValue) => element(name, each)).join('');
  if (typeof value !== 'object') return `<${name}>${escaped(String(value))}</${name}>`;
  return `<${name}>${Object.entries(value)
    .map(([child, inner]) => element(child, inner))
    .join('')}</${name}>`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
