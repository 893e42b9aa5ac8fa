# The agent's own flags of the JVM for a folder of so many policies, from its start script; into the array `flags`.
# usage: agent_flags POLICIES    (after `java` is set to the command line up to the main class)
agent_flags() {
    local launch=karaf-assembly/src/main/resources/sbin/KeeperPrivilegeManager more heap
    more=$(($("${java[@]}" io.kepm.policy.LoadMeasure --kilobytes "$1") / 256))
    heap=$((192 + 5 * more))
    mapfile -t flags < <(grep -oE -- '-Xss[0-9a-z]+|-XX:[+-]?(UseSerialGC|MetaspaceSize=[0-9]+m|UseTransparentHugePages|Tier4[A-Za-z]+=[0-9]+|CompileCommand=[A-Za-z0-9.,:*]+)' "$launch")
    # What the script computes from the folder: it names `more` and `heap` itself.
    eval "flags+=($(grep -oE -- '-Xms.*-Xmx[^ ]*' "$launch"))"
    : "$heap"
    if [[ " ${flags[*]} " != *" -Xmx"[1-9]*m" "* ]]; then
        echo "benchmarks/flags.sh: no -Xmx came out of $launch: ${flags[*]}" >&2
        exit 1
    fi
}
