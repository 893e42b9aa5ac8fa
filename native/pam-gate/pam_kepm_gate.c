/*
 * PAM account module, the second gate: a governed user gets through a sudo only when that very process
 * is set-uid root and has our plugin mapped. It closes what sudo itself leaves open: a sudo.conf
 * without our lines, and a sudo that has no plugins.
 */
#include "govern.h"
#include "text.h"

#define PAM_SM_ACCOUNT
#include <security/pam_ext.h>
#include <security/pam_modules.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <syslog.h>
#include <unistd.h>

#ifndef KEPM_PLUGIN
#define KEPM_PLUGIN "/usr/libexec/kepm/kepm_sudo.so"
#endif
#define WHY_MAX 512

static int is_set_uid_root(char *why) {
    struct stat st;
    if (stat("/proc/self/exe", &st) != 0)
        snprintf(why, WHY_MAX, "`/proc/self/exe`: %s", strerror(errno));
    else if (!S_ISREG(st.st_mode) || st.st_uid != 0 || !(st.st_mode & S_ISUID))
        snprintf(why, WHY_MAX, "the asking program is not set-uid root");
    else
        return 1;
    return 0;
}

/* Some file systems (btrfs, overlay) show another device number in `maps` than stat() does. */
static int map_is_file(const char *range, const struct stat *plugin) {
    char link[128];
    struct stat mapped;
    snprintf(link, sizeof link, "/proc/self/map_files/%s", range);
    return stat(link, &mapped) == 0 && mapped.st_dev == plugin->st_dev && mapped.st_ino == plugin->st_ino;
}

static int line_maps(const char *line, const struct stat *plugin) {
    char range[64], rights[8], path[sizeof KEPM_PLUGIN + 1];
    unsigned device_major, device_minor;
    unsigned long long inode;
    int at = 0;
    if (strstr(line, KEPM_PLUGIN) == NULL)
        return 0;
    if (sscanf(line, "%63s %7s %*x %x:%x %llu %n", range, rights, &device_major, &device_minor, &inode, &at) != 5
        || at == 0)
        return 0;
    snprintf(path, sizeof path, "%s", line + at);
    path[strcspn(path, "\n")] = '\0';
    if (strcmp(path, KEPM_PLUGIN) != 0 || strchr(rights, 'x') == NULL)
        return 0;
    return (makedev(device_major, device_minor) == plugin->st_dev && inode == plugin->st_ino)
        || map_is_file(range, plugin);
}

static int maps_plugin(char *why) {
    struct stat plugin;
    char *line = NULL;
    size_t room = 0;
    int found = 0;
    if (!path_is_guarded(KEPM_PLUGIN, S_IFREG, why, WHY_MAX) || lstat(KEPM_PLUGIN, &plugin) != 0)
        return 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL) {
        snprintf(why, WHY_MAX, "`/proc/self/maps`: %s", strerror(errno));
        return 0;
    }
    while (!found && getline(&line, &room, maps) > 0)
        found = line_maps(line, &plugin);
    free(line);
    fclose(maps);
    if (!found)
        snprintf(why, WHY_MAX, "`%s` is not loaded in this program", KEPM_PLUGIN);
    return found;
}

/* The supplementary groups of the process: a session can hold what the name service no longer says. */
static char *held_groups(void) {
    int count = getgroups(0, NULL);
    gid_t *gids = count > 0 ? calloc((size_t)count, sizeof *gids) : NULL;
    char *list = count > 0 ? calloc((size_t)count, 12) : NULL;
    size_t used = 0;
    if (gids != NULL && list != NULL && getgroups(count, gids) == count)
        for (int i = 0; i < count; i++)
            used += (size_t)sprintf(list + used, "%s%u", used > 0 ? "," : "", gids[i]);
    free(gids);
    return list;
}

static const char *item(pam_handle_t *pam, int type) {
    const void *value = NULL;
    return pam_get_item(pam, type, &value) == PAM_SUCCESS && value != NULL ? value : "";
}

/* The invoking user: PAM_USER is the target when sudoers says targetpw or rootpw. */
static const char *invoking_user(pam_handle_t *pam) {
    const char *asking = item(pam, PAM_RUSER);
    return asking[0] != '\0' && strcmp(asking, "root") != 0 ? asking : item(pam, PAM_USER);
}

static enum standing standing_here(pam_handle_t *pam) {
    struct conf conf;
    char why[WHY_MAX];
    if (conf_load(&conf, why, sizeof why) != 0)
        pam_syslog(pam, LOG_ALERT, "event=\"PLUGIN_CONF_IGNORED\" why=\"%s\"", why);
    char *groups = getuid() != 0 ? held_groups() : NULL;
    enum standing standing = standing_of(&conf, invoking_user(pam), 0, groups);
    /* The real uid can't be set by anybody's configuration. */
    if (standing == FREE && getuid() != 0)
        standing = standing_of(&conf, NULL, getuid(), groups);
    free(groups);
    conf_free(&conf);
    return standing;
}

/* Told even under PAM_SILENT, which sudo always sets: a refusal nobody understands gets worked around. */
static void refuse(pam_handle_t *pam, enum standing standing, const char *why) {
    char line[2048] = "";
    text_log_field(line, sizeof line, "event", "GATE_REFUSED");
    text_log_field(line, sizeof line, "user", invoking_user(pam));
    text_log_field(line, sizeof line, "service", item(pam, PAM_SERVICE));
    text_log_field(line, sizeof line, "standing", standing == GOVERNED ? "governed" : "unknown");
    text_log_field(line, sizeof line, "why", why);
    pam_syslog(pam, LOG_ALERT, "%s", line);
    pam_error(pam, "kepm: refused: %s\nkepm: an administrator runs `kepm doctor`; meanwhile: kepm run -- COMMAND", why);
}

__attribute__((visibility("default"))) int pam_sm_acct_mgmt(pam_handle_t *pam, int flags, int argc, const char **argv) {
    char why[WHY_MAX] = "the plugin can't be checked";
    (void)flags, (void)argc, (void)argv;
    /* First, for it costs no lookup. Never PAM_SUCCESS: this module alone lets nobody in. */
    if (is_set_uid_root(why) && maps_plugin(why))
        return PAM_IGNORE;
    enum standing standing = standing_here(pam);
    if (standing == FREE)
        return PAM_IGNORE;
    refuse(pam, standing, why);
    return PAM_PERM_DENIED;
}
