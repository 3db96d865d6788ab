import * as z from 'zod/mini';

const settings = z.object({
  /** `https://<account>.table.core.windows.net` */
  POINTSMAN_TABLE_ENDPOINT: z.optional(z.url()),
  /** `https://<account>.blob.core.windows.net` */
  POINTSMAN_BLOB_ENDPOINT: z.optional(z.url()),
  /** In place of the two, with its key: for Azurite, and for nothing else. */
  POINTSMAN_STORAGE_CONNECTION: z.optional(z.string()),
  /** Of the table and the container. */
  POINTSMAN_STORE_NAME: z._default(z.string().check(z.regex(/^[a-z][a-z0-9]{2,62}$/)), 'pointsman'),
  /** Client id of the user-assigned identity. */
  POINTSMAN_IDENTITY_CLIENT_ID: z.optional(z.string()),
});

/** What the app settings say of where the store is. */
export type AzureSettings = z.output<typeof settings>;

/** @throws Error naming each setting that cannot be used */
export function readAzureSettings(environment: Readonly<Record<string, string | undefined>>): AzureSettings {
  const read = settings.safeParse(environment, { error: z.locales.en().localeError });
  if (!read.success)
    throw new Error(
      `the app settings cannot be used:\n${read.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`).join('\n')}`,
    );
  const {
    POINTSMAN_TABLE_ENDPOINT: table,
    POINTSMAN_BLOB_ENDPOINT: blob,
    POINTSMAN_STORAGE_CONNECTION: whole,
  } = read.data;
  if (whole === undefined && (table === undefined || blob === undefined))
    throw new Error('the app settings name no store: set POINTSMAN_TABLE_ENDPOINT and POINTSMAN_BLOB_ENDPOINT');
  return read.data;
}
