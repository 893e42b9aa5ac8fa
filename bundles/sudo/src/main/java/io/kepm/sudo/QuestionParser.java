package io.kepm.sudo;

import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.UnixSockets.Descriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Turns the first frame of a connection into a {@link Question}, or says what is wrong with it. */
final class QuestionParser {

    static final String SUDOEDIT = "/usr/bin/sudoedit";

    private static final long MOST_UID = 0xffff_ffffL;
    static final int LONGEST_NAME = 256;
    private static final Pattern ID = Pattern.compile("[!-~]{0,128}");
    private static final Pattern STATUS = Pattern.compile("-?[0-9]{1,9}");

    private final Fields fields;
    private final Peer peer;
    private final Optional<Descriptor> descriptor;

    private QuestionParser(Fields fields, Peer peer, Optional<Descriptor> descriptor) {
        this.fields = fields;
        this.peer = peer;
        this.descriptor = descriptor;
    }

    static Question parse(Fields fields, Peer peer, Optional<Descriptor> descriptor)
            throws MalformedException {
        return new QuestionParser(fields, peer, descriptor).parse();
    }

    private Question parse() throws MalformedException {
        if (!fields.one("v").equals("1")) {
            throw new MalformedException("`v`: only 1 is known");
        }
        String op = fields.one("op");
        if (op.equals("check")) {
            return new Question.Check(request(), isSet("stays"));
        }
        if (op.equals("root")) {
            LaunchRequest request = request();
            if (request.uid() != 0) {
                throw new MalformedException("`op` root is for uid 0");
            }
            return new Question.Note(request);
        }
        if (op.equals("close")) {
            return close();
        }
        throw new MalformedException("`op`: check, root and close are known");
    }

    private Question close() throws MalformedException {
        String grant = fields.one("grant");
        if (grant.isEmpty() || !ID.matcher(grant).matches() || descriptor.isPresent()) {
            throw new MalformedException("`grant` is not an id");
        }
        String type = fields.one("status_type");
        String how = type.equals("exit") || type.equals("signal") ? type : "error";
        return new Question.Close(
                grant, how, status(), fields.number("duration_ms", 0, Long.MAX_VALUE));
    }

    /** Of some errors sudo passes on whatever it had. */
    private int status() throws MalformedException {
        String text = fields.one("status");
        if (!STATUS.matcher(text).matches()) {
            throw new MalformedException("`status` is not a number");
        }
        return Integer.parseInt(text);
    }

    private LaunchRequest request() throws MalformedException {
        boolean edit = fields.flag("sudoedit");
        List<String> argv = fields.all("argv");
        String command = fields.one("command");
        String cwd = fields.maybe("cwd").orElse("");
        if (argv.isEmpty()) {
            throw new MalformedException("`argv` is missing");
        }
        if (!command.startsWith("/") && !edit) {
            throw new MalformedException("`command` is not absolute");
        }
        requireDescriptorAsAnnounced();
        LaunchRequest.Builder request =
                LaunchRequest.by(
                                "sudo",
                                name("user"),
                                fields.number("uid", 0, MOST_UID),
                                edit ? SUDOEDIT : command,
                                edit ? editArgv(argv, cwd) : argv)
                        .requestId(id())
                        .runAs(runAs())
                        .options(SudoOptions.judged(fields))
                        .edit(edit)
                        .cwd(cwd)
                        .tty(fields.maybe("tty").orElse(""))
                        .pid(peer.pid())
                        .descriptorNote(fields.maybe("fd_note").orElse(""))
                        .canPrompt(fields.flag("interactive"))
                        .asksInside(!edit && isSet("intercept"))
                        .inside(!fields.maybe("inside").orElse("").isEmpty());
        descriptor.ifPresent(request::descriptor);
        fields.maybe("reason").filter(reason -> !reason.isEmpty()).ifPresent(request::reason);
        return request.build();
    }

    /** A plugin before this version does not send it. */
    private boolean isSet(String key) throws MalformedException {
        return fields.maybe(key).orElse("").equals("1");
    }

    private String id() throws MalformedException {
        String id = fields.maybe("request").orElse("");
        if (!ID.matcher(id).matches()) {
            throw new MalformedException("`request` is not an id");
        }
        return id;
    }

    private String name(String key) throws MalformedException {
        String name = fields.one(key);
        boolean odd = name.chars().anyMatch(c -> c < ' ' || c == 0x7f || c == '/' || c == ':');
        if (name.isEmpty() || name.length() > LONGEST_NAME || odd) {
            throw new MalformedException("`" + key + "` is not a name");
        }
        return name;
    }

    /** A sudo that names no user for uid 0 means root; any other number without a name is odd. */
    private String runAs() throws MalformedException {
        String named = fields.maybe("runas_user").orElse("");
        if (named.isEmpty() && fields.maybe("runas_uid").orElse("").equals("0")) {
            return "root";
        }
        return name("runas_user");
    }

    private void requireDescriptorAsAnnounced() throws MalformedException {
        if (fields.flag("fd") != descriptor.isPresent()) {
            throw new MalformedException("`fd` and the descriptors that came do not agree");
        }
    }

    /**
     * The files, never the editor. An editor variable could hold a {@code --} of its own, so there
     * is exactly one. A relative file is named by where it lies, so that no rule for its path is
     * passed by.
     */
    private List<String> editArgv(List<String> argv, String cwd) throws MalformedException {
        int dashes = argv.indexOf("--");
        if (dashes < 1 || dashes != argv.lastIndexOf("--") || dashes == argv.size() - 1) {
            throw new MalformedException("`argv` of an edit has no clear list of files");
        }
        List<String> files = new ArrayList<>(List.of("sudoedit"));
        for (String file : argv.subList(dashes + 1, argv.size())) {
            files.add(absolute(file, cwd));
        }
        return files;
    }

    /** {@code ..} stays: only the kernel knows where it leads, and policy refuses it. */
    private static String absolute(String file, String cwd) throws MalformedException {
        if (file.isEmpty() || (!file.startsWith("/") && !cwd.startsWith("/"))) {
            throw new MalformedException("`argv` of an edit holds a file without a place");
        }
        StringBuilder path = new StringBuilder();
        String whole = file.startsWith("/") ? file : cwd + "/" + file;
        for (String part : whole.split("/", -1)) {
            if (!part.isEmpty() && !part.equals(".")) {
                path.append('/').append(part);
            }
        }
        return path.isEmpty() ? "/" : path.toString();
    }
}
