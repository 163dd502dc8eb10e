#!/bin/sh
# Answers git, by GIT_ASKPASS, with the token of a step: so it stays in no checkout and in no address.
case "$1" in
  Username*) echo x-access-token ;;
  *) printf '%s\n' "$GIT_TOKEN" ;;
esac
