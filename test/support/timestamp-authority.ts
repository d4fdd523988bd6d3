import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';

const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const SIGNED_DATA = '1.2.840.113549.1.7.2';

/** What the authority does wrong on purpose. */
export type Fault = 'refuses' | 'other nonce' | 'other digest' | 'bad signature' | 'down';

/** A small RFC 3161 authority on loopback with a certificate of its own. */
export async function timestampAuthority(time: Date) {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  const certificate = await selfSigned(keys, time);
  let fault: Fault | undefined;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (fault === 'down') {
        response.writeHead(503).end();
        return;
      }
      const asked = pki.TimeStampReq.fromBER(Uint8Array.from(Buffer.concat(parts)));
      void stamp(asked, { keys, certificate, time, fault }).then((reply) =>
        response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(reply),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa`,
    fail: (how: Fault | undefined): void => {
      fault = how;
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function selfSigned(keys: CryptoKeyPair, time: Date): Promise<pki.Certificate> {
  const certificate = new pki.Certificate();
  certificate.version = 2;
  certificate.serialNumber = new asn1.Integer({ value: 1 });
  for (const name of [certificate.issuer, certificate.subject])
    name.typesAndValues.push(
      new pki.AttributeTypeAndValue({
        type: '2.5.4.3',
        value: new asn1.Utf8String({ value: 'Test TSA' }),
      }),
    );
  certificate.notBefore.value = new Date(time.getTime() - 86_400_000);
  certificate.notAfter.value = new Date(time.getTime() + 86_400_000);
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  await certificate.sign(keys.privateKey, 'SHA-256');
  return certificate;
}

type Stamping = {
  keys: CryptoKeyPair;
  certificate: pki.Certificate;
  time: Date;
  fault: Fault | undefined;
};

async function stamp(asked: pki.TimeStampReq, how: Stamping): Promise<Buffer> {
  const { keys, certificate, time, fault } = how;
  if (fault === 'refuses')
    return ber(new pki.TimeStampResp({ status: new pki.PKIStatusInfo({ status: 2 }) }));
  const digest = Uint8Array.from(asked.messageImprint.hashedMessage.valueBlock.valueHexView);
  if (fault === 'other digest') digest[0] = (digest[0] ?? 0) ^ 1;
  const info = new pki.TSTInfo({
    version: 1,
    policy: '1.2.3.4',
    messageImprint: new pki.MessageImprint({
      hashAlgorithm: asked.messageImprint.hashAlgorithm,
      hashedMessage: new asn1.OctetString({ valueHex: digest.buffer }),
    }),
    serialNumber: new asn1.Integer({ value: 7 }),
    genTime: time,
    ...(fault === 'other nonce'
      ? { nonce: new asn1.Integer({ value: 5 }) }
      : asked.nonce
        ? { nonce: asked.nonce }
        : {}),
  });
  const content = info.toSchema().toBER();
  const sha256 = await crypto.subtle.digest('SHA-256', content);
  const attribute = (type: string, value: unknown) => new pki.Attribute({ type, values: [value] });
  const encapsulated = new pki.EncapsulatedContentInfo({ eContentType: TST_INFO });
  // Given to the constructor it would be cut into pieces, which is BER but not the DER of RFC 3161.
  encapsulated.eContent = new asn1.OctetString({ valueHex: content });
  const signed = new pki.SignedData({
    version: 3,
    encapContentInfo: encapsulated,
    certificates: [certificate],
    signerInfos: [
      new pki.SignerInfo({
        version: 1,
        sid: new pki.IssuerAndSerialNumber({
          issuer: certificate.issuer,
          serialNumber: certificate.serialNumber,
        }),
        signedAttrs: new pki.SignedAndUnsignedAttributes({
          type: 0,
          attributes: [
            attribute('1.2.840.113549.1.9.3', new asn1.ObjectIdentifier({ value: TST_INFO })),
            attribute('1.2.840.113549.1.9.4', new asn1.OctetString({ valueHex: sha256 })),
          ],
        }),
      }),
    ],
  });
  await signed.sign(keys.privateKey, 0, 'SHA-256');
  const signature = signed.signerInfos[0]?.signature.valueBlock.valueHexView;
  if (fault === 'bad signature' && signature) signature[20] = (signature[20] ?? 0) ^ 1;
  const token = new pki.ContentInfo({ contentType: SIGNED_DATA, content: signed.toSchema(true) });
  return ber(
    new pki.TimeStampResp({ status: new pki.PKIStatusInfo({ status: 0 }), timeStampToken: token }),
  );
}

function ber(part: pki.PkiObject): Buffer {
  return Buffer.from((part.toSchema() as { toBER(): ArrayBuffer }).toBER());
}
