import '../shared/old-browsers.ts';
import { createRoot } from 'react-dom/client';
import { Screen } from './screen.tsx';

const place = document.getElementById('app');
if (place) createRoot(place).render(<Screen />);
