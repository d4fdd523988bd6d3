import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDigit, DOCUMENT_TYPES, lookupRegion, validateDocument } from './index.ts';
import type { DocumentInput, DocumentType } from './index.ts';

const TODAY = '2026-11-22';

/** An invented number of these parts, with its right check digit. */
function numbered(region: string, birth: string, sequence = '987'): string {
  const digits = region + birth + sequence;
  return digits + checkDigit(digits);
}

/** The same number with a wrong last character. */
function spoilt(number: string): string {
  return number.slice(0, 17) + (number.endsWith('0') ? '1' : '0');
}

function check(type: DocumentType, number: string, rest: Partial<DocumentInput> = {}) {
  return validateDocument({ type, number, ...rest }, TODAY);
}

describe('accepting a document', () => {
  const cases: [string, DocumentType, string, Record<string, string>][] = [
    [
      'the sample of GB 11643',
      'resident_id',
      '11010519491231002X',
      {
        birthDate: '1949-12-31',
        sex: 'female',
        regionCode: '110105',
        regionName: '北京市朝阳区',
      },
    ],
    [
      'an odd sequence',
      'resident_id',
      numbered('130102', '19800229'),
      { sex: 'male', birthDate: '1980-02-29', regionName: '河北省石家庄市长安区' },
    ],
    [
      'an abolished district',
      'resident_id',
      numbered('110103', '19660606'),
      { regionName: '北京市崇文区' },
    ],
    [
      'an abolished prefecture of the 1980s',
      'resident_id',
      numbered('332601', '19600101'),
      { regionCode: '332601' },
    ],
    [
      'a county founded in 2023',
      'resident_id',
      numbered('540481', '20240101'),
      { regionName: '西藏自治区林芝市米林市' },
    ],
    [
      'a household register',
      'household_register',
      numbered('440305', '20200501', '986'),
      { sex: 'female' },
    ],
    ['someone born today', 'resident_id', numbered('440305', '20261122'), {}],
    [
      'someone of exactly 130 years',
      'resident_id',
      numbered('110105', '18961122'),
      { birthDate: '1896-11-22' },
    ],
    [
      'the Hong Kong residence sample',
      'hk_macao_taiwan_residence',
      '810000199408230021',
      { birthDate: '1994-08-23', sex: 'female', regionName: '香港特别行政区' },
    ],
    [
      'the Taiwan residence sample',
      'hk_macao_taiwan_residence',
      '830000199201300022',
      { birthDate: '1992-01-30', regionCode: '830000' },
    ],
    [
      'a Macao residence permit',
      'hk_macao_taiwan_residence',
      numbered('820000', '20010101'),
      { sex: 'male' },
    ],
    [
      'the 2023 permanent residence sample',
      'foreign_permanent_residence',
      '911124198108030024',
      { birthDate: '1981-08-03' },
    ],
    ['a 2017 permanent residence card', 'foreign_permanent_residence', 'XXA310099999999', {}],
    ['a Hong Kong permit', 'hk_macao_permit', 'H99999999', {}],
    ['a Macao permit with issue count', 'hk_macao_permit', 'M9999999901', {}],
    ['a Taiwan permit', 'taiwan_permit', '99999999', {}],
    ['a passport', 'passport', 'ZZ9999999', {}],
    ['an officer card', 'officer_id', '军字第9999999号', {}],
    ['another document', 'other', '临时证明0000', {}],
  ];
  for (const [label, type, number, expected] of cases) {
    test(label, () => {
      const result = check(type, number);
      assert.ok(result.ok, JSON.stringify(result));
      assert.deepEqual(result.warnings, []);
      assert.partialDeepStrictEqual(result.document, { type, number, ...expected });
    });
  }

  test('a number typed in full width, small letters, with spaces and dashes is normalised', () => {
    const inputs: [DocumentType, string, string][] = [
      ['resident_id', ' １１０１０５ 19491231-002ｘ ', '11010519491231002X'],
      ['resident_id', '110105—19491231—002x', '11010519491231002X'],
      ['hk_macao_permit', 'ｈ9999 9999', 'H99999999'],
      ['passport', 'zz-9999999', 'ZZ9999999'],
    ];
    for (const [type, typed, stored] of inputs) {
      const result = check(type, typed);
      assert.equal(result.ok && result.document.number, stored);
    }
  });

  test('a card without a date in its number takes the entered birth date', () => {
    const result = check('passport', 'ZZ9999999', { birthDate: '1990-02-28' });
    assert.equal(result.ok && result.document.birthDate, '1990-02-28');
    assert.equal(result.ok && 'sex' in result.document, false);
  });
});

describe('refusing a document', () => {
  const good = numbered('110105', '19850505');
  const cases: [string, DocumentType, string, string, Partial<DocumentInput>?][] = [
    ['nothing', 'resident_id', ' - ', 'number_missing'],
    ['a 15-digit card', 'resident_id', '110105850505987', 'old_15_digit'],
    ['a missing digit', 'resident_id', good.slice(1), 'length'],
    ['a digit too many', 'resident_id', `${good}0`, 'length'],
    ['a letter inside', 'resident_id', `1101O5${good.slice(6)}`, 'characters'],
    ['X before the end', 'resident_id', `${good.slice(0, 16)}X${good.slice(17)}`, 'characters'],
    ['a wrong check digit', 'resident_id', spoilt(good), 'check_digit'],
    ['30 February', 'resident_id', numbered('110105', '19850230'), 'birth_date_invalid'],
    [
      '29 February of a common year',
      'resident_id',
      numbered('110105', '19000229'),
      'birth_date_invalid',
    ],
    ['month 13', 'resident_id', numbered('110105', '19851301'), 'birth_date_invalid'],
    ['tomorrow', 'resident_id', numbered('110105', '20261123'), 'birth_date_future'],
    ['131 years ago', 'resident_id', numbered('110105', '18961121'), 'birth_date_too_old'],
    ['a code no list had', 'resident_id', numbered('110199', '19850505'), 'region_unknown'],
    ['no such province', 'resident_id', numbered('770101', '20250505'), 'region_unknown'],
    ['a residence permit as a card', 'resident_id', '810000199408230021', 'wrong_type'],
    ['a foreigner’s card as a card', 'resident_id', '911124198108030024', 'wrong_type'],
    ['a spoilt register number', 'household_register', spoilt(good), 'check_digit'],
    ['a mainland code on a permit', 'hk_macao_taiwan_residence', good, 'region_unknown'],
    [
      'a permit with a county code',
      'hk_macao_taiwan_residence',
      numbered('810001', '19850505'),
      'region_unknown',
    ],
    [
      'a spoilt residence permit',
      'hk_macao_taiwan_residence',
      spoilt('810000199408230021'),
      'check_digit',
    ],
    [
      'a spoilt 2023 card',
      'foreign_permanent_residence',
      spoilt('911124198108030024'),
      'check_digit',
    ],
    [
      'a 2023 card of no province',
      'foreign_permanent_residence',
      numbered('977124', '19810803'),
      'region_unknown',
    ],
    ['a card that is a citizen’s', 'foreign_permanent_residence', good, 'region_unknown'],
    ['a 2017 card of other form', 'foreign_permanent_residence', 'XX3100999999999', 'format'],
    ['a permit of another letter', 'hk_macao_permit', 'A99999999', 'format'],
    ['a short permit', 'hk_macao_permit', 'H9999999', 'format'],
    ['a Taiwan permit with a letter', 'taiwan_permit', 'T9999999', 'format'],
    ['a passport too short', 'passport', 'Z999', 'format'],
    ['a passport too long', 'passport', 'Z999999999999999', 'format'],
    ['a passport of letters', 'passport', 'PASSPORT', 'format'],
    ['an officer card without digits', 'officer_id', '军字第号', 'format'],
    ['another document of one letter', 'other', '无', 'format'],
    [
      'a birth date that the number contradicts',
      'resident_id',
      good,
      'birth_date_mismatch',
      { birthDate: '1985-05-06' },
    ],
    [
      'an impossible entry',
      'passport',
      'ZZ9999999',
      'birth_date_invalid',
      { birthDate: '1990-2-1' },
    ],
    ['a future entry', 'passport', 'ZZ9999999', 'birth_date_future', { birthDate: '2027-01-01' }],
  ];
  for (const [label, type, number, code, rest] of cases) {
    test(`${label}: ${code}`, () => {
      const result = check(type, number, rest);
      assert.equal(result.ok ? 'accepted' : result.code, code);
      assert.ok(!result.ok);
      assert.match(result.message, /^[^,]*\p{Script=Han}[^,]*。$/u);
      assert.equal(result.field, rest ? 'birthDate' : 'number');
      assert.equal(result.message.includes(number), false);
    });
  }

  test('a type that does not exist', () => {
    for (const type of ['driving_licence', 'toString', '01']) {
      const result = check(type as DocumentType, good);
      assert.equal(!result.ok && result.field, 'type');
    }
  });
});

describe('a birth certificate', () => {
  const child = 'A999999999';
  const adult = { type: 'resident_id', number: numbered('110105', '19950101') } as const;

  test('is accepted with the card of an adult guardian', () => {
    const result = check('birth_certificate', child, { guardian: adult, birthDate: '2026-10-01' });
    assert.deepEqual(result, {
      ok: true,
      document: { type: 'birth_certificate', number: child, birthDate: '2026-10-01' },
      warnings: [],
    });
  });

  const refusals: [string, DocumentInput['guardian'], string][] = [
    ['no guardian', undefined, 'guardian_required'],
    [
      'a guardian with a spoilt card',
      { ...adult, number: spoilt(adult.number) },
      'guardian_invalid',
    ],
    ['a second birth certificate', { type: 'birth_certificate', number: child }, 'guardian_type'],
    [
      'a guardian one day short of 18',
      { type: 'resident_id', number: numbered('110105', '20081123') },
      'guardian_minor',
    ],
  ];
  for (const [label, guardian, code] of refusals) {
    test(`is refused with ${label}`, () => {
      const result = check('birth_certificate', child, guardian ? { guardian } : {});
      assert.equal(!result.ok && result.code, code);
      assert.equal(!result.ok && result.field, 'guardian');
    });
  }

  test('is refused in another form', () => {
    const result = check('birth_certificate', '9999999999', { guardian: adult });
    assert.equal(!result.ok && result.code, 'format');
  });
});

describe('region codes', () => {
  test('a holder born before the district or province existed is flagged, not refused', () => {
    for (const region of ['330113', '500101', '460105']) {
      const result = check('resident_id', numbered(region, '19700101'));
      assert.deepEqual(result.ok && result.warnings, ['region_newer_than_birth'], region);
    }
  });

  test('a code younger than the table is flagged for people born since', () => {
    const result = check('resident_id', numbered('110199', '20260101'));
    assert.deepEqual(result.ok && result.warnings, ['region_not_listed']);
    assert.equal(result.ok && 'regionName' in result.document, false);
  });

  test('the table tells current from abolished', () => {
    assert.equal(lookupRegion('110101')?.status, 'current');
    assert.equal(lookupRegion('110103')?.status, 'abolished');
    assert.equal(lookupRegion('330104')?.status, 'abolished');
    assert.equal(lookupRegion('232702')?.name, '黑龙江省大兴安岭地区松岭区');
    assert.equal(lookupRegion('130171'), undefined, 'a statistical zone is no region');
    assert.equal(lookupRegion('419001')?.name, '河南省济源市');
    assert.equal(lookupRegion('440000')?.name, '广东省');
    assert.equal(lookupRegion('440300')?.name, '广东省深圳市');
    for (const code of ['', '44', '440399', '4403050', '000000', '__proto']) {
      assert.equal(lookupRegion(code), undefined, code);
    }
  });
});

test('every kind of document has a code of CV02.01.101', () => {
  for (const { code } of Object.values(DOCUMENT_TYPES)) assert.match(code, /^(0[1-7]|99)$/);
});

test('a place that no list knows is refused online and accepted when staff see the card', () => {
  const number = numbered('110199', '19850505');
  const online = validateDocument({ type: 'resident_id', number }, TODAY);
  assert.equal(online.ok, false);
  const seen = validateDocument({ type: 'resident_id', number, paperSeen: true }, TODAY);
  assert.ok(seen.ok);
  assert.deepEqual(seen.warnings, ['region_not_listed']);
  const nowhere = validateDocument(
    { type: 'resident_id', number: numbered('770101', '19850505'), paperSeen: true },
    TODAY,
  );
  assert.equal(nowhere.ok, false);
});

test('every kind of document is accepted as people type it: full width, small letters, spaces, dashes', () => {
  const wide = (text: string): string =>
    text.replace(/[0-9A-Z]/g, (c) => String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0));
  const kinds: [DocumentType, string, Partial<DocumentInput>?][] = [
    ['resident_id', '11010519491231002X'],
    ['household_register', numbered('110103', '19660606')],
    ['hk_macao_taiwan_residence', '810000199408230021'],
    ['hk_macao_taiwan_residence', numbered('820000', '20010101')],
    ['hk_macao_taiwan_residence', '830000199201300022'],
    ['foreign_permanent_residence', '911124198108030024'],
    ['foreign_permanent_residence', 'XXA310099999999'],
    ['hk_macao_permit', 'H99999999'],
    ['taiwan_permit', '99999999'],
    ['passport', 'ZZ9999999'],
    ['officer_id', '军字第9999999号'],
    [
      'birth_certificate',
      'A999999999',
      { guardian: { type: 'resident_id', number: numbered('110105', '19950101') } },
    ],
    ['other', '临时证明0000'],
  ];
  assert.equal(new Set(kinds.map(([type]) => type)).size, Object.keys(DOCUMENT_TYPES).length);
  for (const [type, number, rest] of kinds)
    for (const typed of [
      wide(number),
      number.toLowerCase(),
      ` ${number.slice(0, 4)} ${number.slice(4)} `,
      `${number.slice(0, 3)}-${number.slice(3)}`,
    ]) {
      const result = check(type, typed, rest);
      assert.equal(result.ok && result.document.number, number, `${type} ${typed}`);
    }
});

test('[R012] sex and leap days are read from every number that carries them', () => {
  const types: [DocumentType, string][] = [
    ['resident_id', '110105'],
    ['household_register', '110105'],
    ['hk_macao_taiwan_residence', '810000'],
  ];
  for (const [type, region] of types) {
    const born = (birth: string, sequence = '987') =>
      check(type, numbered(region, birth, sequence));
    const man = born('20000229', '901');
    const woman = born('20000229', '902');
    assert.deepEqual(
      [man.ok && man.document.sex, woman.ok && woman.document.sex],
      ['male', 'female'],
    );
    for (const day of ['20010229', '19000229', '20240230', '20240431']) {
      const result = born(day);
      assert.equal(!result.ok && result.code, 'birth_date_invalid', `${type} ${day}`);
    }
    const old = check(type, '110105850505987');
    assert.equal(!old.ok && old.code, 'old_15_digit');
    assert.match(old.ok ? '' : old.message, /18 位/);
  }
});

test('[R013] codes of places that were renamed, joined or moved long ago still open the door; invented ones do not', () => {
  // 日照市 before its prefecture, 常熟市 under 苏州, 济宁县, 江阴县, 杭州 districts joined in 2021.
  for (const region of ['372802', '320520', '370821', '320219', '330104', '110103', '232702']) {
    for (const type of ['resident_id', 'household_register'] as const) {
      const result = check(type, numbered(region, '19660606'));
      assert.ok(result.ok, `${type} ${region}`);
      assert.deepEqual(result.warnings, []);
    }
    assert.equal(lookupRegion(region)?.status, 'abolished', region);
  }
  for (const region of ['110199', '990101', '000000', '666666']) {
    const result = check('resident_id', numbered(region, '19660606'));
    assert.ok(!result.ok, region);
  }
});
