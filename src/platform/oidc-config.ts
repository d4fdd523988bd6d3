/** How staff sign in through the hospital's own identity provider. */
export type OidcConfig = Readonly<{
  issuer: string;
  client_id: string;
  client_secret: string;
  /** Our own address as registered there, `https://…/api/staff/oidc/callback`. */
  redirect_url: string;
  /** The claim that names one of our user names at a first sign-in; without it an account is linked by hand. */
  username_claim: string | undefined;
}>;

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** OIDC_*; http is for the machine itself only. Faults are added in sentences. */
export function readOidcConfig(
  text: (name: string) => string | undefined,
  faults: string[],
): OidcConfig | undefined {
  const issuer = text('OIDC_ISSUER');
  const client_id = text('OIDC_CLIENT_ID');
  const client_secret = text('OIDC_CLIENT_SECRET');
  const redirect_url = text('OIDC_REDIRECT_URL');
  const given = [issuer, client_id, client_secret, redirect_url];
  if (given.every((one) => one === undefined)) return undefined;
  if (!issuer || !client_id || !client_secret || !redirect_url) {
    faults.push(
      'OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and OIDC_REDIRECT_URL go together: give all four or none.',
    );
    return undefined;
  }
  for (const [name, address] of [
    ['OIDC_ISSUER', issuer],
    ['OIDC_REDIRECT_URL', redirect_url],
  ] as const)
    if (!isSafeAddress(address)) faults.push(`${name} must be an https address.`);
  return {
    issuer,
    client_id,
    client_secret,
    redirect_url,
    username_claim: text('OIDC_USERNAME_CLAIM'),
  };
}

function isSafeAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname));
}
