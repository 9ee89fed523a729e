import { Entity } from 'typeorm';
import { AbstractMultiFactorAuth } from './abstract-multi-factor-auth.js';

/** The blank extension, used when the application names no entity of its own. Deux: `deux.models.MultiFactorAuth`. */
@Entity('mfa_multi_factor_auth')
export class MultiFactorAuth extends AbstractMultiFactorAuth {}
