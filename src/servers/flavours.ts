/** The one list of the kinds of servers. How they differ is in their folders; what is derived is in known-flavours.ts. */
import type { Flavour } from './flavour.ts';
import type { FlavourName } from './flavour-name.ts';
import { mariadb } from './mariadb/flavour.ts';
import { mysql } from './mysql/flavour.ts';
import { postgresql } from './postgresql/flavour.ts';

export const flavours: Readonly<Record<FlavourName, Flavour>> = { mariadb, mysql, postgresql };
