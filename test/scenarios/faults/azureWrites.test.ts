import { describeCells } from './describeCells.ts';

describeCells('a write in Azure', ({ service, write }) => service === 'azure' && write);
