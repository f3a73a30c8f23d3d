/** What went through the broker since it was started. */
export interface Traffic {
  messagesReceived: number;
  messagesSent: number;
  bytesReceived: number;
  bytesSent: number;
  /** Messages that a subscriber will not get, because its queue was full. */
  messagesDropped: number;
}

export function newTraffic(): Traffic {
  return {
    messagesReceived: 0,
    messagesSent: 0,
    bytesReceived: 0,
    bytesSent: 0,
    messagesDropped: 0,
  };
}
