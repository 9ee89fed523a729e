import { Entity } from 'typeorm';
import { AbstractMultiFactorAuth } from './abstract-multi-factor-auth.js';

/** The default entity, without columns of an application. Deux: `deux.models.MultiFactorAuth`. */
@Entity('mfa_multi_factor_auth')
export class MultiFactorAuth extends AbstractMultiFactorAuth {}
