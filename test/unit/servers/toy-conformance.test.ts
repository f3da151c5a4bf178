import { describe } from 'vitest';
import { conforms } from '../../support/conformance/conforms.ts';
import { openToyStage } from '../../support/conformance/toy-stage.ts';
import { toy } from '../../support/toy/toy-flavour.ts';

describe('a kind of server in memory', () => conforms(toy, () => openToyStage(7300)));
