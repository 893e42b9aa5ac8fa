package io.kepm.storage;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.settings.EffectiveSetting;
import io.kepm.api.settings.Setting;
import io.kepm.api.settings.SettingName;
import io.kepm.api.settings.SettingsDesk.Author;
import java.util.List;
import java.util.stream.Collectors;

/** What is put on record of settings that the API or a policy sets; never the value of a secret. */
final class SettingRecords {

    private SettingRecords() {}

    static AuditDraft set(Setting<?> setting, Object before, Object after, Author author) {
        return by(author, "SET")
                .detail("setting", setting.name().toString())
                .detail("before", setting.shown(before))
                .detail("after", setting.shown(after))
                .detail("takes_effect", setting.reach().when())
                .build();
    }

    /** A policy sets a value, or, when {@code policy} is empty, none does any more. */
    static AuditDraft followed(Setting<?> setting, Object before, Object after, String policy) {
        return AuditDraft.of(AuditType.CONFIGURATION_CHANGED, policy.isEmpty() ? "REVERTED" : "SET")
                .sessionType("system")
                .reason(policy.isEmpty() ? "no policy says anything about it any more" : "")
                .detail("by", policy.isEmpty() ? "policy" : policy)
                .detail("setting", setting.name().toString())
                .detail("before", setting.shown(before))
                .detail("after", setting.shown(after))
                .detail("takes_effect", setting.reach().when())
                .build();
    }

    /**
     * @param names all that was taken back, also of plugins that are away
     * @param before what was in force of those that are known
     */
    static AuditDraft reverted(
            List<SettingName> names, List<EffectiveSetting> before, Author author) {
        return by(author, "REVERTED")
                .detail(
                        "setting",
                        names.stream().map(SettingName::toString).collect(Collectors.joining(" ")))
                .detail(
                        "before",
                        before.stream().map(SettingRecords::shown).collect(Collectors.joining(" ")))
                .build();
    }

    static AuditDraft refused(SettingName name, String why, Author author) {
        return by(author, "REFUSED")
                .reason(why)
                .detail("setting", SettingsCheck.quiet(name.toString()))
                .build();
    }

    private static String shown(EffectiveSetting one) {
        return one.setting().name() + "=" + one.setting().shown(one.value());
    }

    private static AuditDraft.Builder by(Author author, String outcome) {
        return AuditDraft.of(AuditType.CONFIGURATION_CHANGED, outcome)
                .sessionType(author.by().startsWith("api") ? "api" : "system")
                .admin(author.who())
                .detail("by", author.by());
    }
}
