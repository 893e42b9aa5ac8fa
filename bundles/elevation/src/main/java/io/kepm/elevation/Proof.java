package io.kepm.elevation;

import io.kepm.api.storage.StorageException;

/** How a person proves to be the one who asks: what he is asked for, and what it comes to. */
interface Proof {

    /** Whether the person can give it at all. */
    boolean isSetUp(String user, long uid) throws StorageException;

    /** What the conversation calls it. */
    String id();

    String question();

    /** What was typed, as a person calls it. */
    String word();

    Factors.Try check(String user, long uid, String typed) throws StorageException;

    /**
     * How an approver proves it: who has enrolled a factor by that, whatever else would do; others
     * as the setting says.
     */
    static Proof ofApprover(Factors factors, Proof bySetting, String user, long uid)
            throws StorageException {
        return factors.status(user, uid).enrolled() ? code(factors) : bySetting;
    }

    /** A code of the enrolled factor. */
    static Proof code(Factors factors) {
        return new Proof() {
            @Override
            public boolean isSetUp(String user, long uid) throws StorageException {
                return factors.status(user, uid).enrolled();
            }

            @Override
            public String id() {
                return "totp";
            }

            @Override
            public String question() {
                return Texts.say("factor.ask.code");
            }

            @Override
            public String word() {
                return Texts.say("factor.word.code");
            }

            @Override
            public Factors.Try check(String user, long uid, String typed) throws StorageException {
                return factors.check(user, uid, typed);
            }
        };
    }

    /** The password of the account, by PAM, whatever sudo has asked for or remembers. */
    static Proof password(Factors factors) {
        return new Proof() {
            @Override
            public boolean isSetUp(String user, long uid) {
                return true;
            }

            @Override
            public String id() {
                return "password";
            }

            @Override
            public String question() {
                return Texts.say("factor.ask.password");
            }

            @Override
            public String word() {
                return Texts.say("factor.word.password");
            }

            @Override
            public Factors.Try check(String user, long uid, String typed) throws StorageException {
                return factors.checkPassword(user, uid, typed);
            }
        };
    }
}
