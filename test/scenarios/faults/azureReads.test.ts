import { describeCells } from './describeCells.ts';

describeCells('a read in Azure', ({ service, write }) => service === 'azure' && !write);
