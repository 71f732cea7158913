import { Link } from '@tanstack/react-router';

export function NotFound() {
  return (
    <div className="notice">
      <h1>There is no such page</h1>
      <p>The address may have been cut or mistyped.</p>
      <Link className="button" to="/">
        All traces
      </Link>
    </div>
  );
}
