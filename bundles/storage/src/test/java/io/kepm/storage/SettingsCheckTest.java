package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kepm.api.settings.CoreSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SettingsCheckTest {

    @Test
    void every_setting_has_this_key_and_this_default() {
        assertThat(
                        CoreSettings.all().stream()
                                .map(setting -> setting.key() + " = " + setting.defaultValue()))
                .containsExactly(
                        "AllowedHosts = localhost;127.0.0.1;[::1]",
                        "CertPassword = ",
                        "Settings/KestrelHttpPort = 6888",
                        "Settings/KestrelHttpsPort = 6889",
                        "Settings/Certificate/File = ",
                        "Settings/Certificate/KeyFile = ",
                        "Settings/Certificate/Credential = ",
                        "Settings/AlternativeSignatures = []",
                        "Settings/AllowedNonAdminExecutables = []",
                        "Settings/PluginPath = Plugins",
                        "Settings/RepositoryPath = KeeperStorage",
                        "Settings/Storage/KeyFile = ",
                        "Settings/Storage/Pkcs11/Module = ",
                        "Settings/Storage/Pkcs11/Token = ",
                        "Settings/Storage/Pkcs11/Key = ",
                        "Settings/Storage/Pkcs11/PinFile = ",
                        "Settings/system.logging.level = Warning",
                        "Settings/MqttBrokerSettings/IpAddress = 127.0.0.1",
                        "Settings/MqttBrokerSettings/Port = 8675",
                        "Settings/PolicyEngine/unmatched = deny",
                        "Settings/PolicyEngine/unmatchedForOthers = os",
                        "Settings/PolicyEngine/enforceForAdministrators = true",
                        "Settings/PolicyEngine/AdminGroups = [sudo, wheel, admin]",
                        "Settings/PolicyEngine/governedGroups = []",
                        "Settings/PolicyEngine/EvaluationsPerMinute = 100",
                        "Settings/PolicyEngine/EvaluationsWaiting = 200",
                        "Settings/PolicyEngine/FailuresToOpen = 10",
                        "Settings/PolicyEngine/CircuitMinutes = 5",
                        "Settings/PolicyEngine/AllowLockout = []",
                        "Settings/PolicyEngine/MonitorDays = 30",
                        "Settings/Elevation/PromptSeconds = 120",
                        "Settings/Elevation/NameServiceMillis = 2000",
                        "Settings/Elevation/CanaryMinutes = 60",
                        "Settings/Elevation/DecisionsAtOnce = 32",
                        "Settings/Elevation/OwnWay = true",
                        "Settings/Elevation/LongestGrantMinutes = 1440",
                        "Settings/Elevation/RecordingDays = 90",
                        "Settings/Elevation/RecordingMebibytes = 256",
                        "Settings/Elevation/atExpiry = kill",
                        "Settings/Elevation/MfaProvider = totp",
                        "Settings/Elevation/TotpHash = SHA1",
                        "Settings/Elevation/ApprovalProviders = []",
                        "Settings/Audit/RetentionDays = 90",
                        "Settings/Audit/MaxBytes = 2147483648",
                        "Settings/Audit/Exports = []",
                        "Settings/log.rotation.size_mb = 50",
                        "Settings/log.retention.days = 15",
                        "Settings/log.format = text",
                        "Settings/log.outputs = []");
    }

    @Test
    void values_are_read_typed() throws Exception {
        SettingsCheck.Checked checked =
                check(
                        """
                        {"$schema": "https://example.org/s.json",
                         "AllowedHosts": "localhost",
                         "CertPassword": "",
                         "Settings": {
                           "KestrelHttpsPort": 7000,
                           "system.logging.level": "debug",
                           "AlternativeSignatures": ["ab:cd"],
                           "PolicyEngine": {"enforceForAdministrators": false}}}
                        """);
        assertThat(checked.values())
                .containsEntry("Settings/KestrelHttpsPort", 7000)
                .containsEntry("Settings/system.logging.level", "Debug")
                .containsEntry("Settings/AlternativeSignatures", List.of("ab:cd"))
                .containsEntry("Settings/PolicyEngine/enforceForAdministrators", false)
                .doesNotContainKey("$schema");
        assertThat(checked.remarks()).isEmpty();
    }

    @Test
    void all_faults_are_named_at_once() {
        assertThat(
                        faults(
                                """
                                {"AllowedHost": "x",
                                 "Settings": {
                                   "KestrelHttpsPort": 0,
                                   "KestrelHttpPort": "6888",
                                   "AlternativeSignatures": ["a", 1],
                                   "PolicyEngine": {"unmatched": "allow", "enforceForAdministrators": null},
                                   "MqttBrokerSettings": {"Port": 1.5, "IpAddress": "0.0.0.0"},
                                   "RepositoryPath": "/elsewhere",
                                   "Nonsense": {"zzz": {}}}}
                                """))
                .containsExactly(
                        "AllowedHost: unknown setting: did you mean `AllowedHosts`?",
                        "Settings/KestrelHttpsPort: `0`: not an integer from 1 to 65535",
                        "Settings/KestrelHttpPort: `6888`: not an integer from 1 to 65535",
                        "Settings/AlternativeSignatures: `[a, 1]`: not a list of texts",
                        "Settings/PolicyEngine/unmatched: `allow`: none of deny, os",
                        "Settings/PolicyEngine/enforceForAdministrators: `null`: neither true nor"
                                + " false",
                        "Settings/MqttBrokerSettings/Port: `1.5`: not an integer from 1 to 65535",
                        "Settings/MqttBrokerSettings/IpAddress: `0.0.0.0`: none of 127.0.0.1",
                        "Settings/Nonsense/zzz: unknown setting",
                        "Settings/RepositoryPath: `/elsewhere`: the store can't be moved, it is"
                                + " always in `KeeperStorage`");
    }

    @Test
    void a_password_is_ignored_remarked_and_never_repeated() throws Exception {
        SettingsCheck.Checked checked = check("{\"CertPassword\": \"hunter2-canary\"}");
        assertThat(checked.values()).doesNotContainKey("CertPassword");
        assertThat(checked.holdsSecret()).isTrue();
        assertThat(checked.remarks())
                .hasSize(1)
                .allMatch(remark -> remark.startsWith("CertPassword: a password may not stand"))
                .noneMatch(remark -> remark.contains("hunter2"));
    }

    @Test
    void with_a_password_in_the_file_a_custom_certificate_is_refused() throws Exception {
        String certificate = "\"Settings\": {\"Certificate\": {\"File\": \"/etc/kepm/door.p12\"}}}";
        assertThat(check("{" + certificate).values()).containsKey("Settings/Certificate/File");
        assertThat(check("{\"CertPassword\": \"canary\", " + certificate).values())
                .doesNotContainKey("Settings/Certificate/File");
    }

    @Test
    void a_star_among_the_hosts_is_accepted_with_a_remark() throws Exception {
        assertThat(check("{\"AllowedHosts\": \"*\"}").remarks())
                .containsExactly("AllowedHosts: `*` lets requests through that name any host");
    }

    @Test
    void what_is_not_one_well_formed_object_is_refused_with_its_place() {
        assertThat(faults("[]")).containsExactly("the whole has to be one object: `{ … }`");
        assertThat(faults("")).containsExactly("the whole has to be one object: `{ … }`");
        assertThat(faults("{} {}"))
                .containsExactly("something follows after the end, line 1, column 4");
        assertThat(faults("{\"AllowedHosts\": \"a\",\n \"AllowedHosts\": \"b\"}").get(0))
                .startsWith("line 2, column ")
                .contains("Duplicate field 'AllowedHosts'");
        assertThat(faults("{\"Settings/KestrelHttpPort\": 1}").get(0))
                .contains("is no name of a setting");
        assertThat(faults("{\"AllowedHosts\": \"a\"").get(0)).startsWith("line 1, column");
        assertThat(faults("{// c\n}").get(0)).startsWith("line 1, column");
        assertThat(faults("{\"a\":".repeat(9) + "1" + "}".repeat(9)).get(0))
                .contains("nesting depth");
        assertThat(faults("{\"Settings\": {\"KestrelHttpPort\": " + "9".repeat(30) + "}}").get(0))
                .contains("not an integer");
        assertThat(faults("{\"Settings\": {\"KestrelHttpPort\": " + "9".repeat(400) + "}}"))
                .hasSize(1);
    }

    @Test
    void control_characters_of_the_file_do_not_reach_the_log() {
        assertThat(
                        faults("{\"Settings\": {\"KestrelHttpPort\": \"\\u001b[31m\\n\\u202e\"}}")
                                .get(0))
                .isEqualTo("Settings/KestrelHttpPort: `?[31m??`: not an integer from 1 to 65535");
    }

    @Test
    void no_damaged_file_ends_in_another_way_than_faults() {
        byte[] sound =
                "{\"Settings\":{\"KestrelHttpPort\":1,\"AlternativeSignatures\":[\"a\",{}]}}"
                        .getBytes(StandardCharsets.UTF_8);
        Random random = new Random(7);
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = sound.clone();
            for (int i = 0; i <= round % 4; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            assertThatCode(
                            () -> {
                                try {
                                    SettingsCheck.check(FlatJson.parse(bytes));
                                } catch (FaultySettings e) {
                                    assertThat(e.faults()).isNotEmpty();
                                }
                            })
                    .doesNotThrowAnyException();
        }
    }

    private static SettingsCheck.Checked check(String json) throws FaultySettings {
        return SettingsCheck.check(FlatJson.parse(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> faults(String json) {
        return catchThrowableOfType(FaultySettings.class, () -> check(json)).faults();
    }
}
