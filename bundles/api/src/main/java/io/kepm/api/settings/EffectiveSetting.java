package io.kepm.api.settings;

import java.util.Optional;

/**
 * A setting with the value that is in force.
 *
 * @param value typed, as its declaration reads it
 * @param source where it comes from
 * @param setBy who set it, for a stored one: {@code root by api}, {@code policy P}; else empty
 * @param next what will be in force after a restart, when that is another value
 */
public record EffectiveSetting(
        Setting<?> setting,
        Object value,
        SettingSource source,
        String setBy,
        Optional<Object> next) {}
