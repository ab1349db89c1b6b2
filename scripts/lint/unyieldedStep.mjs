/**
 * A lint rule: a step that is made and dropped does nothing, and neither the compiler nor the run says so. Asked of the type, so
 * that it holds for an activity, a timer and a sub-generator of ours alike, however it is reached.
 */
export const unyieldedStep = {
  meta: { type: 'problem', schema: [], messages: { dropped: 'A step that is not yielded does nothing.' } },
  create({ report, sourceCode }) {
    const { getTypeAtLocation } = sourceCode.parserServices;
    return {
      ExpressionStatement(node) {
        const { expression } = node;
        const value = expression.operator === 'void' ? expression.argument : expression;
        if (mayBeStep(getTypeAtLocation(value))) report({ node, messageId: 'dropped' });
      },
    };
  },
};

/** Also where it is a step only if something holds, as in `isDue && steps.look()`. */
function mayBeStep(type) {
  return (type.types ?? [type]).some(({ symbol }) => symbol?.name === 'Generator');
}
