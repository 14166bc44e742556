// SPDX-License-Identifier: MIT
pragma solidity 0.8.28;

import {Owned} from "./Owned.sol";
import {Signatures} from "./Signatures.sol";

/// @title A wallet that several owners hold together
contract Chorus is Owned {
    struct Payment {
        address to;
        uint256 value;
        bytes data;
        bool executed;
        uint256 confirmations;
    }

    event Proposed(uint256 indexed id, address indexed by);
    event Executed(uint256 indexed id);

    bytes32 private constant PAYMENT = keccak256("Payment(address to,uint256 value,bytes32 data,uint256 nonce)");

    Payment[] private payments;
    mapping(uint256 => mapping(address => bool)) private confirmed;
    uint256 public nonce;

    constructor(address[] memory list, uint256 needed) Owned(list, needed) {}

    receive() external payable {}

    function propose(address to, uint256 value, bytes calldata data) external onlyOwner returns (uint256 id) {
        id = payments.length;
        payments.push(Payment(to, value, data, false, 0));
        emit Proposed(id, msg.sender);
    }

    function confirm(uint256 id) external onlyOwner {
        require(!confirmed[id][msg.sender], "confirmed before");
        confirmed[id][msg.sender] = true;
        payments[id].confirmations += 1;
    }

    function execute(uint256 id) external onlyOwner {
        Payment storage payment = payments[id];
        require(payment.confirmations >= threshold, "too few confirmations");
        require(!payment.executed, "executed before");
        payment.executed = true;
        (bool ok, ) = payment.to.call{value: payment.value}(payment.data);
        require(ok, "the payment failed");
        emit Executed(id);
    }

    /// Anybody may bring a payment that enough owners have signed.
    function executeSigned(address to, uint256 value, bytes calldata data, bytes[] calldata signatures) external {
        bytes32 content = keccak256(abi.encode(PAYMENT, to, value, keccak256(data), nonce++));
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", domain(), content));
        address last = address(0);
        for (uint256 i = 0; i < signatures.length; ++i) {
            address signer = Signatures.signer(digest, signatures[i]);
            require(signer > last && isOwner[signer], "not an owner, or out of order");
            last = signer;
        }
        require(signatures.length >= threshold, "too few signatures");
        (bool ok, ) = to.call{value: value}(data);
        require(ok, "the payment failed");
    }

    function domain() public view returns (bytes32) {
        return keccak256(abi.encode(keccak256("EIP712Domain(uint256 chainId,address verifyingContract)"), block.chainid, address(this)));
    }
}
