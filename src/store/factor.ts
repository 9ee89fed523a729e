/** One way in which a user proves who they are. Its secrets are in the sealed state. */
export interface Factor {
  id: string;
  /** The challenge type, e.g. `sms`. */
  type: string;
  /** What a user recognises it by: the phone number, a name. Never a secret. */
  hint: string;
  /** What its user calls it. */
  name?: string;
  /** Digits of its codes, if not those of the options. */
  digits?: number;
  /** For the row's column `phone_number`, where the factor has one. */
  phoneNumber?: string;
  /** The challenge's own state, sealed for this user and this factor. */
  sealedState: string;
  /** What the ceremony of an enrolment must remember until its proof, sealed; only while the factor is pending. */
  sealedPhase?: string;
  /** How many proofs are left, if the factor is a set of them, e.g. recovery codes. In clear, so that no seal is opened to show it. */
  remaining?: number;
  createdAt: Date;
  confirmedAt?: Date;
  lastUsedAt?: Date;
  /** The outcomes that were told in a row before that and by it, by what is counted. */
  toldInARow?: Record<string, number>;
  /** A keyed hash of the last proof that was paid for or accepted: the same one again at that moment is a race, not a guess. */
  lastProofHash?: string;
  lastProofAt?: Date;
  /** When the last proof came again, as the owner was told. */
  replayedAt?: Date;
}

/** A token of a pending login or step-up for which a proof was given. Kept until the token's time is over. */
export interface UsedToken {
  id: string;
  expiresAt: Date;
}

/** A message that was sent to a user, kept for a day to limit the next ones. */
export interface SentMessage {
  /** A keyed hash of the destination: the row of a user who turned MFA off must not keep their number. */
  destination: string;
  purpose: string;
  sentAt: Date;
  /** When its code is worthless. */
  expiresAt?: Date;
  /** The factor that it was for. */
  factorId?: string;
  /** What its destination is counted by where many are, e.g. a country. */
  country?: string;
  /** Whether it was asked for from a network that its user has signed in from. */
  isKnownNetwork?: boolean;
  /** Whether a right code was given since. */
  answered?: boolean;
  /** Whether the gateway did not take it. It may have gone out all the same. */
  failed?: boolean;
  /** The error code for the user if it fails. */
  failure?: string;
  /** Whether its ceremony is this message and nothing else: then its answer can be repeated without opening a seal. */
  isAlone?: boolean;
  /** The limit that refused it. Then it is no message, but remembers that it was refused, and until when. */
  refusedBy?: string;
  refusedUntilAt?: Date;
  /** Whether the gateway said no, so that nothing went out: no limit of messages counts it. */
  givenBack?: boolean;
}
