package io.kepm.jobs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.elevation.Governance;
import io.kepm.api.jobs.Chore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The local accounts with their groups, and who of them is governed or an administrator. */
record UserInventory(
        Path passwd, Path group, List<String> adminGroups, Reports reports, Times times)
        implements Chore {

    private static final int MOST = 20_000;

    UserInventory {
        adminGroups = List.copyOf(adminGroups);
    }

    @Override
    public String name() {
        return "inventory-users";
    }

    @Override
    public String run(Map<String, String> arguments) throws IOException {
        Map<String, List<String>> groups = groups();
        ObjectNode report = JsonText.object().put("at", times.now().toString());
        ArrayNode users = report.putArray("users");
        int governed = 0;
        int administrators = 0;
        for (String[] fields : lines(passwd, 7)) {
            List<String> own = groups.getOrDefault(fields[0], List.of());
            boolean isGoverned = own.stream().anyMatch(Governance.GROUPS::contains);
            boolean isAdministrator =
                    fields[2].equals("0") || own.stream().anyMatch(adminGroups::contains);
            ObjectNode one =
                    users.addObject()
                            .put("name", fields[0])
                            .put("uid", Long.parseLong(fields[2]))
                            .put("gid", Long.parseLong(fields[3]))
                            .put("home", fields[5])
                            .put("shell", fields[6])
                            .put("governed", isGoverned)
                            .put("administrator", isAdministrator);
            own.forEach(one.putArray("groups")::add);
            governed += isGoverned ? 1 : 0;
            administrators += isAdministrator ? 1 : 0;
        }
        Path written = reports.write("UserInventory", report);
        return users.size()
                + " local accounts, "
                + governed
                + " governed, "
                + administrators
                + " administrators: "
                + written;
    }

    private Map<String, List<String>> groups() throws IOException {
        Map<String, List<String>> groups = new TreeMap<>();
        for (String[] fields : lines(group, 4)) {
            for (String user : fields[3].split(",", -1)) {
                groups.computeIfAbsent(user, name -> new ArrayList<>()).add(fields[0]);
            }
        }
        return groups;
    }

    private static List<String[]> lines(Path file, int count) throws IOException {
        List<String[]> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            String[] fields = line.split(":", -1);
            if (fields.length == count
                    && fields[2].matches("\\d{1,10}")
                    && lines.size() < MOST
                    && !line.startsWith("#")) {
                lines.add(fields);
            }
        }
        return lines;
    }
}
