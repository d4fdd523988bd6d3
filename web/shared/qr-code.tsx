import QRCode from 'qrcode';
import { useMemo, type ReactElement } from 'react';

/** A QR code as one SVG path, black on white also in the dark, so that scanners read it. */
export function QrCode(props: { text: string; label: string }): ReactElement {
  const { path, size } = useMemo(() => {
    const { modules } = QRCode.create(props.text, { errorCorrectionLevel: 'L' });
    let d = '';
    for (let row = 0; row < modules.size; row++)
      for (let column = 0; column < modules.size; column++)
        if (modules.get(row, column)) d += `M${column} ${row}h1v1h-1z`;
    return { path: d, size: modules.size };
  }, [props.text]);
  return (
    <svg
      className="qr"
      role="img"
      aria-label={props.label}
      viewBox={`-4 -4 ${size + 8} ${size + 8}`}
      shapeRendering="crispEdges"
    >
      <rect x="-4" y="-4" width={size + 8} height={size + 8} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
