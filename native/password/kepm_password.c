/*
 * Whether a password is the one of an account, as PAM says it (pam(3), service `kepm`). The agent starts this as root for
 * each question, so that no PAM module ever runs inside the agent.
 *
 * usage: password USER    the password on standard input, ended by its end
 * exit status: 0 right, 1 wrong or the account may not be used, 2 nobody can say
 */
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef KEPM_PAM_SERVICE
#define KEPM_PAM_SERVICE "kepm"
#endif

enum { RIGHT = 0, WRONG = 1, UNKNOWN = 2, LONGEST = 512 };

/* Without a file of its own PAM takes the service `other`, which is somebody else's choice. */
static const char *const SERVICES[] = {"/etc/pam.d/" KEPM_PAM_SERVICE, "/usr/lib/pam.d/" KEPM_PAM_SERVICE};

struct secret {
    char text[LONGEST + 1];
    int asked;
};

/* Answers the first hidden question; a module that asks more than that can't be answered here. */
static int converse(int count, const struct pam_message **messages, struct pam_response **answers, void *data)
{
    struct secret *secret = data;
    if (count <= 0 || count > PAM_MAX_NUM_MSG)
        return PAM_CONV_ERR;
    struct pam_response *made = calloc((size_t)count, sizeof *made);
    if (made == NULL)
        return PAM_BUF_ERR;
    for (int i = 0; i < count; i++) {
        int style = messages[i]->msg_style;
        if (style == PAM_ERROR_MSG || style == PAM_TEXT_INFO)
            continue;
        if (style == PAM_PROMPT_ECHO_OFF && !secret->asked)
            made[i].resp = strdup(secret->text);
        secret->asked = 1;
        if (made[i].resp == NULL) {
            for (int j = 0; j < i; j++)
                free(made[j].resp);
            free(made);
            return PAM_CONV_ERR;
        }
    }
    *answers = made;
    return PAM_SUCCESS;
}

/* All of standard input: no NUL in it, not empty, not too long. */
static int read_secret(struct secret *secret)
{
    size_t length = 0;
    for (;;) {
        ssize_t got = read(STDIN_FILENO, secret->text + length, sizeof secret->text - length);
        if (got < 0)
            return 0;
        if (got == 0)
            break;
        length += (size_t)got;
        if (length > LONGEST)
            return 0;
    }
    secret->text[length] = '\0';
    return length > 0 && strlen(secret->text) == length;
}

static int has_service(void)
{
    for (size_t i = 0; i < sizeof SERVICES / sizeof SERVICES[0]; i++)
        if (access(SERVICES[i], R_OK) == 0)
            return 1;
    return 0;
}

static int verdict(int status)
{
    switch (status) {
    case PAM_SUCCESS:
        return RIGHT;
    case PAM_AUTH_ERR:
    case PAM_USER_UNKNOWN:
    case PAM_MAXTRIES:
    case PAM_ACCT_EXPIRED:
    case PAM_PERM_DENIED:
    case PAM_NEW_AUTHTOK_REQD:
        return WRONG;
    default:
        return UNKNOWN;
    }
}

int main(int argc, char **argv)
{
    static struct secret secret;
    struct pam_conv conversation = {converse, &secret};
    pam_handle_t *pam = NULL;

    if (argc != 2 || argv[1][0] == '\0' || !has_service())
        return UNKNOWN;
    if (!read_secret(&secret))
        return WRONG;
    if (pam_start(KEPM_PAM_SERVICE, argv[1], &conversation, &pam) != PAM_SUCCESS)
        return UNKNOWN;
    int status = pam_authenticate(pam, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
    if (status == PAM_SUCCESS)
        status = pam_acct_mgmt(pam, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
    pam_end(pam, status);
    explicit_bzero(&secret, sizeof secret);
    return verdict(status);
}
