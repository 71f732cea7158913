/**
 * Cycles in a graph of files, each once, as the shortest way round.
 *
 * @param {Map<string, Set<string>>} graph file → files that it imports
 * @returns {string[][]} each begins with its first file by name; the way back to it is left out
 */
export function findCycles(graph) {
  return components(graph)
    .filter((members) => members.length > 1 || graph.get(members[0])?.has(members[0]))
    .map((members) => shortestRound(graph, new Set(members)));
}

/** Tarjan's strongly connected components, with a stack of its own so that depth has no limit. */
function components(graph) {
  const state = { index: new Map(), low: new Map(), stack: [], onStack: new Set(), found: [] };
  for (const start of graph.keys()) if (!state.index.has(start)) walk(graph, start, state);
  return state.found;
}

function walk(graph, start, state) {
  const enter = (node) => {
    state.index.set(node, state.index.size);
    state.low.set(node, state.index.get(node));
    state.stack.push(node);
    state.onStack.add(node);
    return { node, next: (graph.get(node) ?? new Set()).values() };
  };
  const frames = [enter(start)];
  while (frames.length > 0) {
    const frame = frames.at(-1);
    const { value: target, done } = frame.next.next();
    if (done) {
      frames.pop();
      leave(frame.node, frames.at(-1)?.node, state);
    } else if (!state.index.has(target)) frames.push(enter(target));
    else if (state.onStack.has(target)) lower(state, frame.node, state.index.get(target));
  }
}

function leave(node, parent, state) {
  if (parent !== undefined) lower(state, parent, state.low.get(node));
  if (state.low.get(node) !== state.index.get(node)) return;
  const members = state.stack.splice(state.stack.lastIndexOf(node));
  for (const member of members) state.onStack.delete(member);
  state.found.push(members);
}

function lower(state, node, value) {
  state.low.set(node, Math.min(state.low.get(node), value));
}

function shortestRound(graph, members) {
  const start = [...members].sort()[0];
  const cameFrom = new Map();
  const queue = [start];
  for (const node of queue) {
    for (const target of graph.get(node) ?? []) {
      if (target === start) return wayTo(node, start, cameFrom);
      if (!members.has(target) || cameFrom.has(target)) continue;
      cameFrom.set(target, node);
      queue.push(target);
    }
  }
  return [start];
}

function wayTo(end, start, cameFrom) {
  const way = [end];
  while (way[0] !== start) way.unshift(cameFrom.get(way[0]));
  return way;
}
