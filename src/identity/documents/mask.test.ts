import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskDocument, maskName, maskPhone, validatePhone } from './index.ts';

test('a document number shows its ends only', () => {
  const cases: [string, string][] = [
    ['11010519491231002X', '110105********002X'],
    ['110105194912310021', '110105********0021'],
    ['１１０１０５19491231002x', '110105********002X'],
    ['XXA310099999999', 'XXA*********999'],
    ['A999999999', 'A9******99'],
    ['H99999999', 'H9*****99'],
    ['99999999', '99****99'],
    ['Z9999', 'Z***9'],
    ['Z99', '***'],
    ['', ''],
  ];
  for (const [number, masked] of cases) assert.equal(maskDocument(number), masked);
});

test('a name keeps no more than its ends', () => {
  const cases: [string, string][] = [
    ['张三丰', '张*丰'],
    ['张三', '张*'],
    ['欧阳明月', '欧**月'],
    ['张', '*'],
    ['', ''],
    [' 张 三 ', '张*'],
    ['王𬍛', '王*'],
    ['王𬍛㛃', '王*㛃'],
    ['买买提·吐尔逊', '买**·***'],
    ['买买提•吐尔逊', '买**·***'],
    ['Anna Maria Berg', 'A*** M**** Berg'],
    ['Anna', 'A***'],
    ['Ａｎｎａ Berg', 'A*** Berg'],
  ];
  for (const [name, masked] of cases) assert.equal(maskName(name), masked, name);
});

test('a phone number hides its middle', () => {
  const cases: [string, string][] = [
    ['13812341234', '138****1234'],
    ['+86 138-1234-1234', '138****1234'],
    ['12345', '***45'],
    ['1', '1'],
  ];
  for (const [phone, masked] of cases) assert.equal(maskPhone(phone), masked);
});

test('a mobile number is accepted in every way people write it', () => {
  const written = [
    '16412345678',
    '+8616412345678',
    '008616412345678',
    '8616412345678',
    '+86 164 1234 5678',
    '(+86)164-1234-5678',
    '１６４１２３４５６７８',
  ];
  for (const phone of written) {
    assert.deepEqual(validatePhone(phone), { ok: true, phone: '16412345678' }, phone);
  }
});

test('other numbers are refused with what to do', () => {
  const cases: [string, string][] = [
    ['', 'format'],
    ['1641234567', 'format'],
    ['164123456789', 'format'],
    ['12412345678', 'format'],
    ['01012345678', 'format'],
    ['1641234567a', 'format'],
    ['1064912345678', 'iot_number'],
    ['1440012345678', 'iot_number'],
    ['+85291234567', 'foreign_number'],
  ];
  for (const [phone, code] of cases) {
    const result = validatePhone(phone);
    assert.equal(!result.ok && result.code, code, phone);
    assert.match(result.ok ? '' : result.message, /。$/);
  }
});
