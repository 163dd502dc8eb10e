"""A function has a resource policy for each qualifier; MiniStack keeps one for all.

The ID of a statement has to be unique within one of them only, and without a qualifier the function's own is meant.
https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
"""


def install() -> None:
    from ministack.services import lambda_svc

    add, remove, show = lambda_svc._add_permission, lambda_svc._remove_permission, lambda_svc._get_policy

    def of_qualifier(name, path_qualifier, query_params):
        """The function, and the statements of the qualifier that is meant and of the others."""
        qualifier = lambda_svc._qualifier_from_path_or_query(path_qualifier, query_params)
        resource = lambda_svc._policy_resource_arn(name, qualifier)
        function = lambda_svc._functions.get(name)
        statements = function["policy"]["Statement"] if function else []
        own = [one for one in statements if one.get("Resource") == resource]
        return function, own, [one for one in statements if one.get("Resource") != resource]

    def apart(action):
        """An action that sees the statements of its own qualifier alone."""

        def acted(name, path_qualifier, query_params, *arguments):
            function, own, others = of_qualifier(name, path_qualifier, query_params)
            if function is None:
                return action(*arguments)
            policy = function["policy"]
            policy["Statement"] = own
            try:
                return action(*arguments)
            finally:
                policy["Statement"] = [*policy["Statement"], *others]

        return acted

    def added(name, data, query_params=None, path_qualifier=None):
        return apart(add)(name, path_qualifier, query_params, name, data, query_params, path_qualifier)

    def removed(name, sid, query_params, path_qualifier=None):
        return apart(remove)(name, path_qualifier, query_params, name, sid, query_params, path_qualifier)

    def shown(name, query_params=None, path_qualifier=None):
        _, own, others = of_qualifier(name, path_qualifier, query_params)
        if others and not own:
            from ministack.core.responses import error_response_json

            message = "No policy is associated with the given resource."
            return error_response_json("ResourceNotFoundException", message, 404)
        return apart(show)(name, path_qualifier, query_params, name, query_params, path_qualifier)

    lambda_svc._add_permission = added
    lambda_svc._remove_permission = removed
    lambda_svc._get_policy = shown
