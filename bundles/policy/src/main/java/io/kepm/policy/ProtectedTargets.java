package io.kepm.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Finds what in a request reaches the agent itself or what it rests on. The engine knows no
 * processes but its own; their numbers are given.
 */
final class ProtectedTargets {

    private final ProtectedList list;
    private final ProtectedNames names;
    private final List<Top> tops;

    /** A folder in the root, as {@code /etc}, and the protected paths in it. */
    private record Top(String folder, List<String> paths) {}

    ProtectedTargets(ProtectedList list, Set<Long> ownPids) {
        this.list = list;
        names = new ProtectedNames(list, ownPids);
        Map<String, List<String>> paths =
                list.paths().stream().collect(Collectors.groupingBy(ProtectedTargets::top));
        tops = paths.entrySet().stream().map(e -> new Top(e.getKey(), e.getValue())).toList();
    }

    /** What was found, for people; empty when nothing was. */
    Optional<String> find(Facts facts) {
        Optional<String> path = path(facts);
        return path.isPresent() ? path : command(facts);
    }

    private Optional<String> path(Facts facts) {
        if (reaches(facts.named().text())) {
            return Optional.of(Place.quoted(facts.named().text()));
        }
        if (reaches(facts.real().text())) {
            return Optional.of(Place.quoted(facts.real().text()));
        }
        List<String> arguments = facts.arguments();
        for (int i = 0; i < arguments.size(); i++) {
            if (argument(arguments.get(i), facts) || reaches(facts.realArgument(i))) {
                return Optional.of(Place.quoted(arguments.get(i)));
            }
        }
        return Optional.empty();
    }

    private boolean argument(String argument, Facts facts) {
        String cwd = facts.request().cwd();
        int equals = argument.indexOf('=');
        return reaches(cwd, argument)
                || (equals >= 0 && reaches(cwd, argument.substring(equals + 1)));
    }

    private boolean reaches(String cwd, String name) {
        return mayReach(cwd, name) && reaches(PathText.normalised(cwd, name));
    }

    /**
     * False only when a name surely reaches nothing: most words need not be made a path for that.
     * Below a folder that has nothing to do with a protected path there is none.
     */
    private boolean mayReach(String cwd, String name) {
        if (name.isEmpty() || name.charAt(0) == '/' || name.contains("..")) {
            return true;
        }
        return cwd.equals("/") ? name.charAt(0) == '.' || beginsAtTop(name) : reaches(cwd);
    }

    private boolean beginsAtTop(String name) {
        for (int i = 0; i < tops.size(); i++) {
            String folder = tops.get(i).folder();
            if (name.regionMatches(0, folder, 1, folder.length() - 1)) {
                return true;
            }
        }
        return false;
    }

    private boolean reaches(Optional<String> path) {
        return path.isPresent() && reaches(path.get());
    }

    /** Whether a path is, lies under, or is an ancestor of a protected one. */
    private boolean reaches(String path) {
        if (path.equals("/")) {
            return true;
        }
        for (int i = 0; i < tops.size(); i++) {
            Top top = tops.get(i);
            if (path.startsWith(top.folder())
                    && (path.length() == top.folder().length()
                            || path.charAt(top.folder().length()) == '/')) {
                return touches(path, top.paths());
            }
        }
        return false;
    }

    private static boolean touches(String path, List<String> protectedPaths) {
        for (int i = 0; i < protectedPaths.size(); i++) {
            String own = protectedPaths.get(i);
            if (path.equals(own)
                    || PathText.isBeneath(path, own)
                    || PathText.isBeneath(own, path)) {
                return true;
            }
        }
        return false;
    }

    private static String top(String path) {
        int end = path.indexOf('/', 1);
        return end < 0 ? path : path.substring(0, end);
    }

    private Optional<String> command(Facts facts) {
        String name = facts.named().baseName();
        String real = facts.real() == facts.named() ? name : facts.real().baseName();
        if (list.commands().contains(name) || list.commands().contains(real)) {
            return Optional.of(Place.quoted(name));
        }
        return names(name, facts) || (!name.equals(real) && names(real, facts))
                ? Optional.of(Place.quoted(name) + " with what it names")
                : Optional.empty();
    }

    private boolean names(String command, Facts facts) {
        ProtectedList.Tool tool = list.tools().get(command);
        return tool != null && names(tool, facts.arguments());
    }

    private boolean names(ProtectedList.Tool tool, List<String> arguments) {
        ToolWords split = ToolWords.of(tool, arguments);
        return switch (tool.kind()) {
            case UNIT -> unit(tool, split);
            case SERVICE -> service(tool, split);
            case PACKAGE -> removal(tool, split, arguments);
            case PROCESS ->
                    split.hasUnknown()
                            || any(split.words(), w -> names.isProcess(w, tool.expressions()));
        };
    }

    private boolean unit(ProtectedList.Tool tool, ToolWords split) {
        if (split.hasUnknown()) {
            return true;
        }
        if (split.words().isEmpty()) {
            return false;
        }
        String verb = split.words().get(0);
        return tool.always().contains(verb)
                || (!tool.harmless().contains(verb)
                        && any(split.words().subList(1, split.words().size()), names::isUnit));
    }

    private boolean service(ProtectedList.Tool tool, ToolWords split) {
        if (split.hasUnknown()) {
            return true;
        }
        List<String> words = split.words();
        return !words.isEmpty()
                && names.isUnit(words.get(0))
                && (words.size() < 2 || !tool.harmless().contains(words.get(1)));
    }

    private boolean removal(ProtectedList.Tool tool, ToolWords split, List<String> arguments) {
        if (any(arguments, word -> names.isRemoval(word, tool))) {
            return true;
        }
        boolean removes =
                any(split.options(), tool.removing()::contains)
                        || any(arguments, tool.removing()::contains);
        return removes
                && (split.hasUnknown()
                        || any(arguments, word -> names.isPackage(word, tool.expressions())));
    }

    private static boolean any(List<String> words, Predicate<String> wanted) {
        for (int i = 0; i < words.size(); i++) {
            if (wanted.test(words.get(i))) {
                return true;
            }
        }
        return false;
    }
}
