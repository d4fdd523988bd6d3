import { createTransport } from 'nodemailer';
import { SmsRefused } from '../../identity/index.ts';
import type { Messenger } from './types.ts';

/**
 * E-mail through an SMTP server (`smtp://user:password@host:port`). The Message-ID is made of the
 * message's key, so that a repeat is the same letter to mail programs. A 5xx answer is final.
 */
export function createMail(config: {
  url: string;
  from: string;
  public_url: string | undefined;
}): Messenger {
  const transport = createTransport(config.url, {
    from: config.from,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain =
    config.from
      .split('@')
      .at(-1)
      ?.replace(/[^\w.-]/g, '') ?? 'localhost';
  return {
    send: async ({ key, to, body }) => {
      const link = body.link === null ? '' : (config.public_url ?? '') + body.link;
      try {
        await transport.sendMail({
          to,
          subject: `【正号】${body.title}`,
          text: link.startsWith('http') ? `${body.text}\n\n${link}\n` : `${body.text}\n`,
          messageId: `<${key}@${domain}>`,
          headers: { 'auto-submitted': 'auto-generated' },
        });
      } catch (error) {
        const { responseCode } = error as { responseCode?: number };
        if (responseCode !== undefined && responseCode >= 500 && responseCode < 600)
          throw new SmsRefused(`smtp_${responseCode}`);
        // The server's own words may quote the address.
        // oxlint-disable-next-line preserve-caught-error
        throw new Error('the mail server did not take the message');
      }
    },
  };
}
