import PdfDocument from 'pdfkit';
import type { Section, Sheet } from './sheet.ts';

const margin = 30;
const a4 = { width: 841.89, height: 595.28 };
const bottom = a4.height - margin - 18;
const header_height = 20;

/** A parsed font, as pdfkit takes it in the place of a file. */
type Font = { layout(text: string): unknown };
export type Fonts = { regular: Font; bold: Font };

/**
 * Parses two OTF files once for many sheets: pdfkit would parse both again for each, which costs more
 * than the drawing. It has no door for this, so a document that is never written opens them.
 */
export function openFonts(files: Record<keyof Fonts, Uint8Array>): Fonts {
  const doc = new PdfDocument({ font: '', autoFirstPage: false });
  const parsed = (bytes: Uint8Array): Font => {
    doc.font(Buffer.from(bytes));
    return (doc as unknown as { _font: { font: Font } })._font.font;
  };
  return { regular: parsed(files.regular), bold: parsed(files.bold) };
}

/**
 * Draws a sheet as A4 across: the cover, then each list on pages of its own; every page is named.
 * Only the glyphs that are used go into the PDF.
 */
export function drawPdf(sheet: Sheet, fonts: Fonts): Promise<Buffer> {
  const doc = new PdfDocument({
    size: [a4.width, a4.height],
    margin,
    bufferPages: true,
    // None of the built-in ones: they have no Chinese.
    font: '',
    autoFirstPage: false,
    info: { Title: `${sheet.title} ${sheet.subtitle}`, CreationDate: sheet.printed_at },
  });
  const parts: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (part: Buffer) => parts.push(part));
    doc.on('end', () => resolve(Buffer.concat(parts)));
    doc.on('error', reject);
  });
  for (const name of ['regular', 'bold'] as const)
    doc.registerFont(name, fonts[name] as unknown as PDFKit.Mixins.PDFFontSource);
  doc.font('regular').addPage();
  drawCover(doc, sheet);
  for (const section of sheet.sections) drawSection(doc, section);
  numberPages(doc, sheet);
  doc.end();
  return done;
}

type Doc = InstanceType<typeof PdfDocument>;

function drawCover(doc: Doc, sheet: Sheet): void {
  doc
    .font('bold')
    .fontSize(22)
    .text(sheet.title, margin, 60, { width: a4.width - 2 * margin });
  doc.fontSize(14).text(sheet.subtitle).moveDown(1);
  doc.font('regular').fontSize(11);
  for (const line of sheet.cover)
    if (line === '') doc.moveDown(0.8);
    else doc.text(line, { lineGap: 5 });
}

function drawSection(doc: Doc, section: Section): void {
  let y = openPage(doc, section);
  for (const row of section.rows) {
    if (y + section.row_height > bottom) y = openPage(doc, section);
    drawRow(doc, section, { y, cells: row, height: section.row_height });
    y += section.row_height;
  }
}

/** A page with the section's heading and table head; returns where the rows begin. */
function openPage(doc: Doc, section: Section): number {
  doc.addPage();
  doc.font('bold').fontSize(13).text(section.heading, margin, margin, { lineBreak: false });
  doc
    .font('regular')
    .fontSize(10)
    .text(section.note, margin, margin + 19, { lineBreak: false });
  const y = margin + 38;
  if (section.rows.length === 0) return y;
  const cells = section.columns.map((column) => column.label);
  doc.font('bold');
  drawRow(doc, section, { y, cells, height: header_height });
  doc.font('regular');
  return y + header_height;
}

function drawRow(
  doc: Doc,
  section: Section,
  row: { y: number; cells: readonly string[]; height: number },
): void {
  let x = margin;
  doc.fontSize(10).lineWidth(0.6);
  section.columns.forEach((column, at) => {
    doc.rect(x, row.y, column.width, row.height).stroke();
    const text = row.cells[at] ?? '';
    if (text !== '')
      doc.text(text, x + 3, row.y + (row.height - 14) / 2, {
        width: column.width - 6,
        height: row.height - 4,
        lineBreak: false,
        ellipsis: true,
      });
    x += column.width;
  });
}

function numberPages(doc: Doc, sheet: Sheet): void {
  const { start, count } = doc.bufferedPageRange();
  for (let page = 0; page < count; page++) {
    doc.switchToPage(start + page);
    // Below the margin, where text would otherwise open a page of its own.
    doc.page.margins.bottom = 0;
    doc
      .font('regular')
      .fontSize(9)
      .text(
        `${sheet.title} ${sheet.subtitle}　第 ${page + 1} 页，共 ${count} 页`,
        margin,
        a4.height - margin - 10,
        {
          lineBreak: false,
        },
      );
  }
}
