/*
 * The binary interface between sudo (plugin API 1.15 and later) and its approval and audit plugins:
 * only what we use, written from the published description. The sudo package is not needed to build.
 */
#ifndef KEPM_SUDO_ABI_H
#define KEPM_SUDO_ABI_H

enum { ABI_MAJOR = 1, ABI_APPROVAL_MINOR = 15 };
#define ABI_VERSION ((unsigned)ABI_MAJOR << 16 | ABI_APPROVAL_MINOR)
#define ABI_MAJOR_OF(version) ((version) >> 16)
#define ABI_MINOR_OF(version) ((version) & 0xffffu)

enum { PLUGIN_FRONT_END = 0, PLUGIN_AUDIT = 3, PLUGIN_APPROVAL = 4 };
enum { CHECK_ERROR = -1, CHECK_REFUSE = 0, CHECK_ACCEPT = 1 };
enum { ASK_HIDDEN = 1, ASK_VISIBLE = 2, SAY_ERROR = 3, SAY_INFO = 4 };
enum { CLOSE_NOTHING_RAN = 0, CLOSE_WAIT_STATUS = 1, CLOSE_EXEC_ERROR = 2, CLOSE_SUDO_ERROR = 3 };

struct sudo_message {
    int type;
    int timeout; /* seconds; 0: none */
    const char *text;
};

struct sudo_reply {
    char *text; /* ours to clear and free */
};

struct sudo_callback;

typedef int (*sudo_converse)(int count, const struct sudo_message *messages, struct sudo_reply *replies,
    struct sudo_callback *callback);
typedef int (*sudo_print)(int type, const char *format, ...);
typedef char *const *sudo_list; /* strings up to NULL */

typedef int (*sudo_open)(unsigned version, sudo_converse converse, sudo_print print, sudo_list settings,
    sudo_list user_info, int submit_optind, sudo_list submit_argv, sudo_list submit_envp, sudo_list options,
    const char **error);

struct sudo_approval_plugin {
    unsigned type;
    unsigned version;
    sudo_open open;
    void (*close)(void);
    int (*check)(sudo_list command_info, sudo_list argv, sudo_list envp, const char **error);
    int (*show_version)(int verbose);
};

struct sudo_audit_plugin {
    unsigned type;
    unsigned version;
    sudo_open open;
    void (*close)(int status_type, int status);
    int (*accept)(const char *plugin, unsigned type, sudo_list command_info, sudo_list argv, sudo_list envp,
        const char **error);
    int (*reject)(const char *plugin, unsigned type, const char *message, sudo_list command_info, const char **error);
    int (*error)(const char *plugin, unsigned type, const char *message, sudo_list command_info, const char **error);
    int (*show_version)(int verbose);
    void (*register_hooks)(int version, int (*hook)(void *));
    void (*deregister_hooks)(int version, int (*hook)(void *));
    void *(*event_alloc)(void); /* filled in by sudo for plugins of API 1.17 and later */
};

#endif
